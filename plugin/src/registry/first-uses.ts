import { hash } from "node:crypto";
import type { Nodes } from "../store/nodes.ts";
import type { PendingCount } from "./pending-counts.ts";

/** Uses kept while the other nodes cannot be asked, some 20 MB. What is new beyond them is not counted. */
const WAITING_MAX = 100_000;

/** 72 bits: of millions of hashes no two are the same. */
const HASH_LENGTH = 12;

/** The first use of a client on this node: somebody may have counted it on another one. */
export interface FirstUse {
  /** Hour of the clock. */
  hour: number;
  /** What tells the client and what it used from all others (download-clients.ts). */
  client: string;
  counted: PendingCount;
}

/** Uses that wait until the other nodes are asked. */
export interface FirstUses {
  add(use: FirstUse): void;
  /** How many wait. */
  pending(): number;
  /** Hands on those that no other node has counted. Rejects when they cannot be asked; the uses are kept then. */
  ask(handOn: (counted: PendingCount) => void): Promise<void>;
}

/**
 * The nodes of one registry count a client once an hour, whichever of them it asks. They tell each other hashes with a salt of the
 * hour alone: neither addresses nor what could be compared with them later.
 */
export function firstUses(nodes: Pick<Nodes, "firstUses" | "clientSalt">): FirstUses {
  let waiting: FirstUse[] = [];
  return {
    add(use) {
      if (waiting.length < WAITING_MAX) waiting.push(use);
    },
    pending: () => waiting.length,
    async ask(handOn) {
      for (const hour of new Set(waiting.map((use) => use.hour))) {
        const asked = waiting.filter((use) => use.hour === hour);
        const salt = await nodes.clientSalt(hour);
        const byHash = new Map(asked.map((use) => [digest(`${salt} ${use.client}`), use]));
        const first = await nodes.firstUses(hour, [...byHash.keys()]);
        for (const [hashed, { counted }] of byHash) if (first.has(hashed)) handOn(counted);
        const settled = new Set(asked);
        waiting = waiting.filter((use) => !settled.has(use));
      }
    },
  };
}

function digest(text: string): string {
  return hash("sha256", text, "base64url").slice(0, HASH_LENGTH);
}
