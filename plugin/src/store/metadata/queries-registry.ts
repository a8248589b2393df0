import type { Kysely } from "kysely";
import type { AuditEntry, SigningKey } from "../metadata.ts";
import { toAuditEntry, toSigningKey } from "./rows.ts";
import type { Database } from "./schema.ts";

/** What belongs to the registry as a whole: its signing keys and its audit log. */

type Db = Kysely<Database>;

export async function signingKey(db: Db): Promise<SigningKey | undefined> {
  const row = await db
    .selectFrom("signing_keys")
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && toSigningKey(row);
}

/** Newest by order of writing: clocks of several nodes differ. */
export async function audit(db: Db, limit: number): Promise<AuditEntry[]> {
  const rows = await db.selectFrom("audit").selectAll().orderBy("id", "desc").limit(limit).execute();
  return rows.map(toAuditEntry);
}

export async function insertSigningKey(db: Db, key: SigningKey): Promise<void> {
  await db
    .insertInto("signing_keys")
    .values({
      keyid: key.keyid,
      public_key: key.publicKey,
      private_key: key.privateKey,
      created_at: key.createdAt,
    })
    .execute();
}

export async function appendAudit(db: Db, entry: AuditEntry): Promise<void> {
  await db
    .insertInto("audit")
    .values({
      at: entry.at,
      account: entry.account,
      action: entry.action,
      subject: entry.subject,
      detail: JSON.stringify(entry.detail),
      address: entry.address,
    })
    .execute();
}
