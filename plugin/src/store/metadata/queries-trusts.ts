import type { Kysely } from "kysely";
import type { Trust } from "../identity.ts";
import { toTrust } from "./rows-identity.ts";
import type { Database } from "./schema.ts";

/** CI runs that may publish. */

type Db = Kysely<Database>;

export async function trusts(db: Db, subject: string): Promise<Trust[]> {
  const rows = await db
    .selectFrom("trusts")
    .selectAll()
    .where("subject", "=", subject)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map(toTrust);
}

export async function trust(db: Db, id: string): Promise<Trust | undefined> {
  const row = await db.selectFrom("trusts").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toTrust(row);
}

export async function insertTrust(db: Db, trust: Trust): Promise<void> {
  await db
    .insertInto("trusts")
    .values({
      id: trust.id,
      subject: trust.subject,
      issuer: trust.issuer,
      claims: JSON.stringify(trust.claims),
      created_by: trust.createdBy,
      created_at: trust.createdAt,
    })
    .execute();
}

/** Its tokens refer to it, and go with it. */
export async function deleteTrust(db: Db, id: string): Promise<void> {
  await db.deleteFrom("trusts").where("id", "=", id).execute();
}
