import { randomBytes } from "node:crypto";
import type { Nodes } from "../nodes.ts";
import type { Ask } from "./ask.ts";

const HOUR_MS = 60 * 60 * 1000;

/** Hashes of one statement. */
const BATCH = 1000;

/**
 * Hashes that are new, and those that this node brought before, whose answer it may not have got. In order, so that two nodes never
 * wait for each other's rows.
 */
const FIRST = `
  with made as (
    insert into client_uses (hour, hash, node)
    select $1, hash, $3 from unnest($2::text[]) as brought (hash) order by hash
    on conflict do nothing
    returning hash)
  select hash from made
  union select hash from client_uses where hour = $1 and hash = any($2) and node = $3`;

const KEEP_SALT = "insert into client_salts (hour, salt) values ($1, $2) on conflict do nothing";
const SALT = "select salt from client_salts where hour = $1";
const FORGET_USES = "delete from client_uses where hour < $1";
const FORGET_SALTS = "delete from client_salts where hour < $1";

/**
 * The tables are unlogged: they are in no log and in no replica. Rows go when the hour after theirs is over, by whichever node counts
 * something then, at the latest two hours after their node has begun to write those of their hour.
 */
export function clientUses(
  ask: Ask,
  node: string,
): Pick<Nodes, "firstUses" | "clientSalt"> & { close(): Promise<void> } {
  let salt = { hour: -1, text: "" };
  let newest = -1;
  const timers = new Set<NodeJS.Timeout>();

  async function begin(hour: number): Promise<void> {
    if (hour <= newest) return;
    await forgetBefore(hour - 1);
    newest = hour;
    const timer = setTimeout(() => {
      timers.delete(timer);
      forgetBefore(hour + 1).catch(() => undefined);
    }, 2 * HOUR_MS).unref();
    timers.add(timer);
  }

  async function forgetBefore(hour: number): Promise<void> {
    await ask(FORGET_USES, [hour]);
    await ask(FORGET_SALTS, [hour]);
  }

  return {
    async firstUses(hour, hashes) {
      await begin(hour);
      const first = new Set<string>();
      for (let from = 0; from < hashes.length; from += BATCH) {
        const rows = await ask<{ hash: string }>(FIRST, [hour, hashes.slice(from, from + BATCH), node]);
        for (const { hash } of rows) first.add(hash);
      }
      return first;
    },
    async clientSalt(hour) {
      if (salt.hour === hour) return salt.text;
      await begin(hour);
      await ask(KEEP_SALT, [hour, randomBytes(32).toString("base64")]);
      const [row] = await ask<{ salt: string }>(SALT, [hour]);
      if (row === undefined) throw new Error("a salt that was just written is gone");
      salt = { hour, text: row.salt };
      return salt.text;
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
