import type { Kysely } from "kysely";
import type { DistTag, MetadataWriter, Package } from "../metadata.ts";
import type { Visibility } from "../identity.ts";
import { LIVE } from "./live.ts";
import { toDistTag, toPackage } from "./rows.ts";
import type { Database } from "./schema.ts";

/** Packages with their dist-tags and stars. */

type Db = Kysely<Database>;

export async function packageOf(db: Db, name: string): Promise<Package | undefined> {
  const row = await db.selectFrom("packages").selectAll().where("name", "=", name).executeTakeFirst();
  return row && toPackage(row);
}

export async function packagesAfter(db: Db, after: number, limit: number): Promise<Package[]> {
  const rows = await db
    .selectFrom("packages")
    .selectAll()
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(toPackage);
}

export async function packagesIn(db: Db, namespace: string): Promise<Package[]> {
  const rows = await db
    .selectFrom("packages")
    .selectAll()
    .where("namespace", "=", namespace)
    .orderBy("name")
    .execute();
  return rows.map(toPackage);
}

export async function livePackagesIn(db: Db, namespace: string): Promise<Package[]> {
  const rows = await db
    .selectFrom("packages")
    .selectAll()
    .where("namespace", "=", namespace)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("versions")
          .select("versions.id")
          .whereRef("versions.package_id", "=", "packages.id")
          .where(LIVE),
      ),
    )
    .orderBy("name")
    .execute();
  return rows.map(toPackage);
}

export async function distTags(db: Db, packageId: number): Promise<DistTag[]> {
  const rows = await db
    .selectFrom("dist_tags")
    .selectAll()
    .where("package_id", "=", packageId)
    .orderBy("tag")
    .execute();
  return rows.map(toDistTag);
}

export async function starredBy(db: Db, accountName: string, readable: string[]): Promise<string[]> {
  const rows = await db
    .selectFrom("accounts")
    .innerJoin("stars", "stars.account_id", "accounts.id")
    .innerJoin("packages", "packages.id", "stars.package_id")
    .select(["packages.name", "packages.namespace", "packages.visibility"])
    .where("accounts.name", "=", accountName)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("versions")
          .select("versions.id")
          .whereRef("versions.package_id", "=", "packages.id")
          .where(LIVE),
      ),
    )
    .orderBy("packages.name")
    .execute();
  const names = new Set(readable);
  return rows
    .filter((row) => row.visibility === "public" || names.has(row.namespace) || names.has(row.name))
    .map(({ name }) => name);
}

/** The new package has rev 0: nothing of it is visible before its first version, which raises it. */
export async function insertPackage(
  db: Db,
  created: Parameters<MetadataWriter["insertPackage"]>[0],
): Promise<Package> {
  const row = await db
    .insertInto("packages")
    .values({
      name: created.name,
      namespace: created.namespace,
      visibility: created.visibility,
      rev: 0,
      created_at: created.at,
      modified_at: created.at,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toPackage(row);
}

export async function setPackageVisibility(db: Db, packageId: number, visibility: Visibility): Promise<void> {
  await db.updateTable("packages").set({ visibility }).where("id", "=", packageId).execute();
}

export async function touchPackage(db: Db, packageId: number, at: string): Promise<number> {
  const { rev } = await db
    .updateTable("packages")
    .set((eb) => ({ rev: eb("rev", "+", 1), modified_at: at }))
    .where("id", "=", packageId)
    .returning("rev")
    .executeTakeFirstOrThrow();
  return rev;
}

export async function setDistTag(
  db: Db,
  packageId: number,
  { tag, version, manual }: DistTag,
): Promise<void> {
  await db
    .insertInto("dist_tags")
    .values({ package_id: packageId, tag, version, manual })
    .onConflict((conflict) => conflict.columns(["package_id", "tag"]).doUpdateSet({ version, manual }))
    .execute();
}

export async function deleteDistTag(db: Db, packageId: number, tag: string): Promise<void> {
  await db.deleteFrom("dist_tags").where("package_id", "=", packageId).where("tag", "=", tag).execute();
}

export async function addStar(db: Db, packageId: number, accountId: number): Promise<void> {
  await db
    .insertInto("stars")
    .values({ package_id: packageId, account_id: accountId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function removeStar(db: Db, packageId: number, accountId: number): Promise<void> {
  await db
    .deleteFrom("stars")
    .where("package_id", "=", packageId)
    .where("account_id", "=", accountId)
    .execute();
}
