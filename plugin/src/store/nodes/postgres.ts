import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import type { Nodes } from "../nodes.ts";
import { type Ask, askThrough } from "./ask.ts";
import { clientUses } from "./client-uses.ts";
import { databaseClock } from "./database-clock.ts";
import { takeLease } from "./leases.ts";
import { looseLimiter } from "./loose-limiter.ts";
import { postgresLimiter } from "./postgres-limiter.ts";

/** How often a node that works looks for rows that are over. */
const CLEAN_MS = 5 * 60_000;

const CLEAN = [
  "delete from rate_limits where expires_at <= now()",
  "delete from leases where expires_at <= now()",
];

const AGREE = "insert into node_agreements (name, value) values ($1, $2) on conflict do nothing";
const AGREED = "select value from node_agreements where name = $1";

/** In tables of the database that holds the metadata. The pool stays its owner's: `close` leaves it open. Throws ESTORAGE. */
export async function postgresNodes(pool: Pool): Promise<Nodes> {
  const ask = cleaning(askThrough(pool));
  const now = await databaseClock(ask);
  const uses = clientUses(ask, randomUUID());
  const closing: (() => Promise<void>)[] = [uses.close];
  return {
    shared: true,
    limiter: (limit) => postgresLimiter(ask, limit),
    looseLimiter(limit) {
      const made = looseLimiter(ask, limit);
      closing.push(made.close);
      return made;
    },
    firstUses: uses.firstUses,
    clientSalt: uses.clientSalt,
    lease: async (name, seconds) => await takeLease(ask, name, seconds),
    async agree(name, value) {
      await ask(AGREE, [name, value]);
      const [agreed] = await ask<{ value: string }>(AGREED, [name]);
      return agreed?.value ?? value;
    },
    now,
    async close() {
      for (const close of closing) await close();
    },
  };
}

/** The same, and removes rows that are over now and then; a node that asks nothing removes nothing. */
function cleaning(ask: Ask): Ask {
  let cleaned = performance.now();
  return async (text, values) => {
    if (performance.now() - cleaned > CLEAN_MS) {
      cleaned = performance.now();
      // One that fails is made up for by the next.
      for (const statement of CLEAN) ask(statement, []).catch(() => undefined);
    }
    return await ask(text, values);
  };
}
