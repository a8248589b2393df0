import { open, rm } from "node:fs/promises";
import path from "node:path";
import type { PostgresServer } from "../../test/support/postgres-server.ts";
import type { RegistryNode } from "../cluster/node.ts";
import type { Namespace } from "./namespace.ts";
import type { S3Proxy } from "./s3-proxy.ts";

/** What can be broken. */
export interface Site {
  nodes: RegistryNode[];
  postgres: PostgresServer;
  s3: S3Proxy;
  /** Around the last node. */
  namespace: Namespace | undefined;
  /** The third node has its data folder on a disk of its own, of a few megabytes. */
  smallDisk: string | undefined;
}

export interface Fault {
  name: string;
  /** Milliseconds for which it lasts. */
  lasts: number;
  /** False where this user may not do what it takes. */
  isPossible(site: Site): boolean;
  begin(site: Site, round: number): Promise<void>;
  /** Puts back what somebody, or something, would put back in earnest: a supervisor, a network, a cleaned disk. */
  end(site: Site, round: number): Promise<void>;
}

const HOUR_SECONDS = 3_600;
const FILLER_BYTES = 64 * 1024;

export const FAULTS: Fault[] = [
  {
    name: "kill -9 of a node",
    lasts: 1_500,
    isPossible: () => true,
    begin: async ({ nodes }, round) => await at(nodes, round).kill(),
    end: async ({ nodes }, round) => await at(nodes, round).restart(),
  },
  {
    name: "kill -9 of PostgreSQL",
    lasts: 3_000,
    isPossible: () => true,
    begin: async ({ postgres }) => await postgres.kill(),
    end: async ({ postgres }) => await postgres.start(),
  },
  {
    name: "S3 answers 500",
    lasts: 5_000,
    isPossible: () => true,
    begin: async ({ s3 }) => void (s3.mode = "errors"),
    end: async ({ s3 }) => void (s3.mode = "works"),
  },
  {
    name: "S3 hangs 30 s",
    lasts: 30_000,
    isPossible: () => true,
    begin: async ({ s3 }) => void (s3.mode = "hangs"),
    end: async ({ s3 }) => void (s3.mode = "works"),
  },
  {
    name: "network cut between a node and the database",
    lasts: 8_000,
    isPossible: ({ namespace }) => namespace !== undefined,
    begin: async ({ namespace }) => await namespace?.cut(),
    end: async ({ namespace }) => await namespace?.mend(),
  },
  {
    name: "cache disk of a node full",
    lasts: 4_000,
    isPossible: ({ smallDisk }) => smallDisk !== undefined,
    begin: async ({ smallDisk }) => await fill(smallDisk ?? ""),
    end: async ({ smallDisk }) => await rm(path.join(smallDisk ?? "", "filler")),
  },
  {
    name: "clock of a node 1 hour off",
    lasts: 4_000,
    isPossible: () => true,
    async begin({ nodes }, round) {
      await at(nodes, round).kill();
      await at(nodes, round).restart(round % 2 === 0 ? HOUR_SECONDS : -HOUR_SECONDS);
    },
    async end({ nodes }, round) {
      await at(nodes, round).kill();
      await at(nodes, round).restart();
    },
  },
];

function at(nodes: RegistryNode[], round: number): RegistryNode {
  const node = nodes[round % nodes.length];
  if (node === undefined) throw new Error("there is no node");
  return node;
}

/** Writes until nothing more fits on it. */
async function fill(folder: string): Promise<void> {
  const filler = await open(path.join(folder, "filler"), "w");
  try {
    for (;;) await filler.write(Buffer.alloc(FILLER_BYTES));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  } finally {
    await filler.close();
  }
}
