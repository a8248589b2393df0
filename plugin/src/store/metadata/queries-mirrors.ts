import type { Kysely, Selectable } from "kysely";
import type { Mirror, MirrorKey, MirrorRefusal, MirrorWriter, MirroredSkill } from "../mirrors.ts";
import type { Database, MirrorTable } from "./schema.ts";

/** What is copied of other registries. */

type Db = Kysely<Database>;

export async function mirrors(db: Db): Promise<Mirror[]> {
  const rows = await db.selectFrom("mirrors").selectAll().orderBy("namespace").execute();
  return rows.map(toMirror);
}

export async function mirror(db: Db, namespace: string): Promise<Mirror | undefined> {
  const row = await db
    .selectFrom("mirrors")
    .selectAll()
    .where("namespace", "=", namespace)
    .executeTakeFirst();
  return row && toMirror(row);
}

function toMirror(row: Selectable<MirrorTable>): Mirror {
  const { failed_at: at, failure } = row;
  return {
    namespace: row.namespace,
    url: row.url,
    etag: row.etag,
    contactAt: row.contact_at,
    behind: row.behind,
    failure: at === null ? null : { at, message: failure ?? "" },
  };
}

export async function putMirror(db: Db, put: Mirror): Promise<void> {
  const values = {
    url: put.url,
    etag: put.etag,
    contact_at: put.contactAt,
    behind: put.behind,
    failed_at: put.failure?.at ?? null,
    failure: put.failure?.message ?? null,
  };
  await db
    .insertInto("mirrors")
    .values({ namespace: put.namespace, ...values })
    .onConflict((conflict) => conflict.column("namespace").doUpdateSet(values))
    .execute();
}

export async function mirrorKeys(db: Db): Promise<MirrorKey[]> {
  const rows = await db.selectFrom("mirror_keys").selectAll().orderBy("url").orderBy("keyid").execute();
  return rows.map((row) => ({ url: row.url, keyid: row.keyid, publicKey: row.public_key }));
}

export async function putMirrorKeys(
  db: Db,
  url: string,
  keys: Parameters<MirrorWriter["putMirrorKeys"]>[1],
): Promise<void> {
  await db.deleteFrom("mirror_keys").where("url", "=", url).execute();
  for (const { keyid, publicKey } of keys) {
    await db.insertInto("mirror_keys").values({ url, keyid, public_key: publicKey }).execute();
  }
}

export async function mirroredSkills(db: Db, namespace: string): Promise<MirroredSkill[]> {
  return await db
    .selectFrom("mirrored_skills")
    .selectAll()
    .where("namespace", "=", namespace)
    .orderBy("name")
    .execute();
}

export async function putMirroredSkill(db: Db, { name, namespace, rev }: MirroredSkill): Promise<void> {
  await db
    .insertInto("mirrored_skills")
    .values({ name, namespace, rev })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ namespace, rev }))
    .execute();
}

export async function deleteMirroredSkill(db: Db, name: string): Promise<void> {
  await db.deleteFrom("mirrored_skills").where("name", "=", name).execute();
}

export async function mirrorRefusals(db: Db, limit: number): Promise<MirrorRefusal[]> {
  return await db
    .selectFrom("mirror_refusals")
    .selectAll()
    .orderBy("at", "desc")
    .orderBy("name")
    .orderBy("version")
    .limit(limit)
    .execute();
}

export async function mirrorRefusalsOf(db: Db, name: string): Promise<MirrorRefusal[]> {
  return await db
    .selectFrom("mirror_refusals")
    .selectAll()
    .where("name", "=", name)
    .orderBy("version")
    .execute();
}

export async function putMirrorRefusals(
  db: Db,
  name: string,
  refusals: Parameters<MirrorWriter["putMirrorRefusals"]>[1],
): Promise<void> {
  await db.deleteFrom("mirror_refusals").where("name", "=", name).execute();
  for (const { version, integrity, reason, at } of refusals) {
    await db.insertInto("mirror_refusals").values({ name, version, integrity, reason, at }).execute();
  }
}
