import { hash, randomBytes } from "node:crypto";
import { isbot } from "isbot";
import { networkOf } from "./network.ts";

/**
 * Who counts as one client, without anybody being remembered: only hashes are kept, in memory, under a salt that is thrown away
 * every hour. Where several nodes share the work they tell each other hashes with another such salt (first-uses.ts).
 */

/** One download, or one reported install. */
export interface Use {
  packageId: number;
  version: string;
  /** Address of the client. */
  address: string;
  userAgent: string;
}

const HOUR_MS = 60 * 60 * 1000;

/** Hashes remembered, some 20 MB. When there are more, all are forgotten early: some repeats of that hour count again. */
const SEEN_MAX = 200_000;

/** User agents of one address that count for one version, on one node: a team behind one address, not a script that makes names up. */
const AGENTS_MAX = 20;

/** Characters of a user agent that are looked at; clients may send a whole header of them. */
const AGENT_LENGTH = 256;

/** 72 bits: of 200,000 hashes no two are the same. Longer strings would be cut without giving up the memory of the whole. */
const HASH_LENGTH = 12;

/** Programs that install packages, and name themselves as no browser does: for `isbot` they all are robots. */
const INSTALLER = /^(skills|npm|pnpm|yarn|bun|deno|vlt)\/\d/i;

export interface ClientFilter {
  /**
   * Whether this use is the first of its client in this hour of the clock. A client is an address and a user agent;
   * all robots together are one.
   */
  isFirst(kind: string, use: Use, now: Date): boolean;
}

export function clientFilter(): ClientFilter {
  let salt = "";
  let hour = -1;
  /** Clients, and for every address the number of its clients; both with the version they asked for. */
  const seen = new Map<string, number>();

  function forgetOldOnes(now: Date): void {
    const current = hourOf(now);
    if (current === hour && seen.size < SEEN_MAX) return;
    hour = current;
    salt = randomBytes(32).toString("base64");
    seen.clear();
  }

  return {
    isFirst(kind, use, now) {
      forgetOldOnes(now);
      const what = `${salt} ${kind} ${use.packageId} ${use.version}`;
      const { address, agent } = clientOf(use);
      const client = digest(`${what} ${address} ${agent}`);
      if (seen.has(client)) return false;
      const place = digest(`${what} ${address}`);
      const agents = seen.get(place) ?? 0;
      if (agents >= AGENTS_MAX) return false;
      seen.set(client, 1).set(place, agents + 1);
      return true;
    },
  };
}

/** The same on every node, for a use of the same client. It stays in memory, until it is salted. */
export function clientKey(kind: string, use: Use): string {
  const { address, agent } = clientOf(use);
  return hash("sha256", `${kind} ${use.packageId} ${use.version} ${address} ${agent}`, "base64url");
}

/** Hours since 1970. */
export function hourOf(now: Date): number {
  return Math.floor(now.getTime() / HOUR_MS);
}

function clientOf({ address, userAgent }: Use): { address: string; agent: string } {
  const agent = userAgent.slice(0, AGENT_LENGTH);
  const robot = isbot(agent) && !INSTALLER.test(agent);
  return robot ? { address: "robots", agent: "" } : { address: networkOf(address), agent };
}

function digest(text: string): string {
  return hash("sha256", text, "base64url").slice(0, HASH_LENGTH);
}
