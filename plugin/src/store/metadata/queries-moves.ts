import type { Kysely } from "kysely";
import type { IdentityWriter } from "../identity.ts";
import type { Database } from "./schema.ts";

/** Skills under another name than before. */

type Db = Kysely<Database>;

export async function movedPackage(db: Db, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("moved_packages")
    .innerJoin("packages", "packages.id", "moved_packages.package_id")
    .select("packages.name")
    .where("moved_packages.name", "=", name)
    .executeTakeFirst();
  return row?.name;
}

/** Every earlier name points to the package itself, so that none leads over another. */
export async function movePackage(
  db: Db,
  packageId: number,
  to: Parameters<IdentityWriter["movePackage"]>[1],
): Promise<void> {
  const { name: before } = await db
    .selectFrom("packages")
    .select("name")
    .where("id", "=", packageId)
    .executeTakeFirstOrThrow();
  await db
    .updateTable("packages")
    .set({ name: to.name, namespace: to.namespace })
    .where("id", "=", packageId)
    .execute();
  await db
    .updateTable("versions")
    .set({ published_as: before })
    .where("package_id", "=", packageId)
    .where("published_as", "is", null)
    .execute();
  await db
    .updateTable("versions")
    .set({ published_as: null })
    .where("package_id", "=", packageId)
    .where("published_as", "=", to.name)
    .execute();
  await db.deleteFrom("moved_packages").where("name", "in", [to.name, before]).execute();
  await db.insertInto("moved_packages").values({ name: before, package_id: packageId }).execute();
  await db
    .deleteFrom("team_packages")
    .where("package_id", "=", packageId)
    .where("team_id", "in", (eb) =>
      eb.selectFrom("teams").select("id").where("namespace", "!=", to.namespace),
    )
    .execute();
  await db.deleteFrom("trusts").where("subject", "=", before).execute();
}
