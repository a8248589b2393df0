import { randomUUID } from "node:crypto";
import type { Lease } from "../nodes.ts";
import type { Ask } from "./ask.ts";

/** Leases end by the clock of the database: those of the nodes differ. */

const TAKE = `
  insert into leases as kept (name, holder, expires_at) values ($1, $2, now() + $3 * interval '1 second')
  on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
  where kept.expires_at <= now()
  returning name`;

const EXTEND = `
  update leases set expires_at = now() + $3 * interval '1 second' where name = $1 and holder = $2
  returning name`;

const END = "delete from leases where name = $1 and holder = $2";

/** Undefined while another holder has it. */
export async function takeLease(ask: Ask, name: string, seconds: number): Promise<Lease | undefined> {
  const holder = randomUUID();
  const taken = await ask(TAKE, [name, holder, seconds]);
  if (taken.length === 0) return undefined;
  return {
    extend: async (more) => (await ask(EXTEND, [name, holder, more])).length > 0,
    end: async () => void (await ask(END, [name, holder])),
  };
}
