import type { Kysely } from "kysely";
import { auditHash, FIRST_HASH } from "../audit-hash.ts";
import type { AuditEntry, AuditRecord, MetadataReader, SigningKey } from "../metadata.ts";
import { toAuditRecord, toSigningKey } from "./rows.ts";
import type { Database } from "./schema.ts";

/** What belongs to the registry as a whole: its id, its signing keys, its audit log, the names it keeps back. */

type Db = Kysely<Database>;

export async function registryId(db: Db): Promise<string> {
  const { id } = await db.selectFrom("registry").select("id").executeTakeFirstOrThrow();
  return id;
}

export async function databaseId(db: Db): Promise<string> {
  const { id } = await db.selectFrom("own_id").select("id").executeTakeFirstOrThrow();
  return id;
}

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
export async function audit(
  db: Db,
  { namespace, before, limit }: Parameters<MetadataReader["audit"]>[0],
): Promise<AuditRecord[]> {
  let query = db.selectFrom("audit").selectAll();
  if (namespace !== null) query = query.where("namespace", "=", namespace);
  if (before !== null) query = query.where("id", "<", before);
  const rows = await query.orderBy("id", "desc").limit(limit).execute();
  return rows.map(toAuditRecord);
}

export async function auditAfter(db: Db, after: number, limit: number): Promise<AuditRecord[]> {
  const rows = await db
    .selectFrom("audit")
    .selectAll()
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(toAuditRecord);
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

/**
 * Writers come one after the other, so that the last entry is the last one still when this is written behind it.
 * Half characters become U+FFFD, as in the database: the hash is one of what will be read.
 */
export async function appendAudit(db: Db, entry: AuditEntry): Promise<void> {
  const last = await db
    .selectFrom("audit")
    .select(["id", "hash"])
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  const row = {
    id: (last?.id ?? 0) + 1,
    at: entry.at,
    account: entry.account?.toWellFormed() ?? null,
    action: entry.action.toWellFormed(),
    subject: entry.subject.toWellFormed(),
    namespace: entry.namespace?.toWellFormed() ?? null,
    detail: JSON.stringify(entry.detail),
    address: entry.address.toWellFormed(),
  };
  const hash = auditHash(last?.hash ?? FIRST_HASH, row);
  await db
    .insertInto("audit")
    .values({ ...row, hash })
    .execute();
}

export async function reservedNames(db: Db): Promise<string[]> {
  const rows = await db.selectFrom("reserved_names").select("name").orderBy("name").execute();
  return rows.map(({ name }) => name);
}

export async function setReserved(db: Db, name: string, reserved: boolean): Promise<void> {
  if (!reserved) {
    await db.deleteFrom("reserved_names").where("name", "=", name).execute();
    return;
  }
  await db
    .insertInto("reserved_names")
    .values({ name })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
