import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { startPostgres } from "../../test/support/postgres-server.ts";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import type { NodePlace } from "../cluster/node.ts";
import { startS3 } from "../cluster/s3.ts";
import type { Site } from "./kinds.ts";
import { makeNamespace, type Namespace } from "./namespace.ts";
import { startS3Proxy } from "./s3-proxy.ts";

const run = promisify(execFile);
const LOOPBACK = "127.0.0.1";
/** Some hundred of the tarballs that are published here. */
const SMALL_DISK = "2m";

/** Everything that the faults are done to: four nodes behind nginx, of which one is in a namespace and one has a small disk. */
export interface FaultyCluster extends Site, AsyncDisposable {
  cluster: Cluster;
  /** The name of the S3 server. */
  s3Name: string;
}

export async function startFaultyCluster(): Promise<FaultyCluster> {
  await using stack = new AsyncDisposableStack();
  const namespace = await makeNamespace();
  if (namespace !== undefined) stack.use(namespace);
  const smallDisk = await makeSmallDisk(stack);
  const settings = await listenInside(namespace, stack);
  const postgres = stack.use(await startPostgres({ durable: true, settings }));
  const store = stack.use(await startS3());
  const hosts = [LOOPBACK, ...(namespace === undefined ? [] : [namespace.host])];
  const s3 = stack.use(await startS3Proxy(store.settings.endpoint ?? "", hosts));
  const hostFor = (node: string, host: string | undefined): string =>
    node === "node-4" ? (host ?? LOOPBACK) : LOOPBACK;
  const cluster = stack.use(
    await startCluster({
      secret: randomBytes(32).toString("hex"),
      nodes: placesOf(namespace, smallDisk),
      database: (node) => postgres.url("postgres").replace(LOOPBACK, hostFor(node, namespace?.databaseHost)),
      bucket: (node) => ({
        ...store.settings,
        endpoint: `http://${hostFor(node, namespace?.host)}:${s3.port}`,
      }),
    }),
  );
  const kept = stack.move();
  return {
    cluster,
    nodes: cluster.nodes,
    postgres,
    s3,
    s3Name: store.name,
    namespace,
    smallDisk,
    [Symbol.asyncDispose]: async () => await kept.disposeAsync(),
  };
}

function placesOf(namespace: Namespace | undefined, smallDisk: string | undefined): NodePlace[] {
  return [
    { name: "node-1" },
    { name: "node-2" },
    { name: "node-3", ...(smallDisk === undefined ? {} : { data: smallDisk }) },
    {
      name: "node-4",
      ...(namespace === undefined ? {} : { host: namespace.inside, within: namespace.within }),
    },
  ];
}

/** What PostgreSQL needs to be told so that it listens at the namespace's cable, too, and lets its node in. */
async function listenInside(
  namespace: Namespace | undefined,
  stack: AsyncDisposableStack,
): Promise<string[]> {
  if (namespace === undefined) return [];
  const folder = await mkdtemp(path.join(os.tmpdir(), "skills-hba-"));
  stack.defer(async () => await rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, "pg_hba.conf");
  const from = [`${LOOPBACK}/32`, `${namespace.databaseHost}/30`];
  await writeFile(file, `local all all trust\n${from.map((net) => `host all all ${net} trust\n`).join("")}`);
  // Another user runs the server.
  await chmod(folder, 0o755);
  return [`listen_addresses=${LOOPBACK},${namespace.databaseHost}`, `hba_file=${file}`];
}

/** A file system in memory that is soon full; undefined where this user may not mount one. */
async function makeSmallDisk(stack: AsyncDisposableStack): Promise<string | undefined> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "skills-disk-"));
  stack.defer(async () => await rm(folder, { recursive: true, force: true }));
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${SMALL_DISK}`, "tmpfs", folder]);
  } catch {
    return undefined;
  }
  stack.defer(async () => void (await run("umount", [folder])));
  return folder;
}
