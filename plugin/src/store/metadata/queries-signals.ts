import { type Kysely, sql } from "kysely";
import type { DayCount, DayRange, DownloadCount, RegistryCounts } from "../metadata.ts";
import type { Database } from "./schema.ts";

/** What use is made of packages: likes, downloads, reported installs. */

type Db = Kysely<Database>;

export async function likes(db: Db, packageId: number): Promise<number> {
  const { count } = await db
    .selectFrom("stars")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("package_id", "=", packageId)
    .executeTakeFirstOrThrow();
  return count;
}

export async function liked(db: Db, packageId: number, accountId: number): Promise<boolean> {
  const row = await db
    .selectFrom("stars")
    .select("account_id")
    .where("package_id", "=", packageId)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function downloads(db: Db, packageId: number, { from, to }: DayRange): Promise<DayCount[]> {
  return await db
    .selectFrom("downloads")
    .select((eb) => ["day", eb.fn.sum<number>("count").as("count")])
    .where("package_id", "=", packageId)
    .where("day", ">=", from)
    .where("day", "<=", to)
    .groupBy("day")
    .orderBy("day")
    .execute();
}

export async function downloadsByVersion(
  db: Db,
  packageId: number,
  { from, to }: DayRange,
): Promise<{ version: string; count: number }[]> {
  return await db
    .selectFrom("downloads")
    .select((eb) => ["version", eb.fn.sum<number>("count").as("count")])
    .where("package_id", "=", packageId)
    .where("day", ">=", from)
    .where("day", "<=", to)
    .groupBy("version")
    .orderBy("count", "desc")
    .orderBy("version")
    .execute();
}

export async function allDownloads(db: Db, { from, to }: DayRange): Promise<DayCount[]> {
  return await db
    .selectFrom("downloads_by_day")
    .select(["day", "count"])
    .where("day", ">=", from)
    .where("day", "<=", to)
    .orderBy("day")
    .execute();
}

export async function installs(db: Db, packageId: number, { from, to }: DayRange): Promise<number> {
  const { count } = await db
    .selectFrom("installs")
    .select((eb) => eb.fn.sum<number | null>("count").as("count"))
    .where("package_id", "=", packageId)
    .where("day", ">=", from)
    .where("day", "<=", to)
    .executeTakeFirstOrThrow();
  return count ?? 0;
}

/** The sum of the day is kept beside the counts: adding up all packages for one number would take seconds. */
export async function addDownloads(db: Db, counts: DownloadCount[]): Promise<void> {
  await addCounts(db, "downloads", counts);
  for (const [day, count] of sumByDay(counts)) {
    await db
      .insertInto("downloads_by_day")
      .values({ day, count })
      .onConflict((conflict) =>
        conflict.column("day").doUpdateSet((eb) => ({ count: eb("downloads_by_day.count", "+", count) })),
      )
      .execute();
  }
}

export async function addInstalls(db: Db, counts: DownloadCount[]): Promise<void> {
  await addCounts(db, "installs", counts);
}

async function addCounts(db: Db, table: "downloads" | "installs", counts: DownloadCount[]): Promise<void> {
  for (const { packageId, version, day, count } of counts) {
    await db
      .insertInto(table)
      .values({ package_id: packageId, version, day, count })
      .onConflict((conflict) =>
        conflict
          .columns(["package_id", "day", "version"])
          .doUpdateSet({ count: sql<number>`${sql.ref(`${table}.count`)} + excluded.count` }),
      )
      .execute();
  }
}

function sumByDay(counts: DownloadCount[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { day, count } of counts) sums.set(day, (sums.get(day) ?? 0) + count);
  return sums;
}

export async function counts(db: Db): Promise<RegistryCounts> {
  const { rows } = await sql<RegistryCounts>`select
    (select count(distinct package_id) from versions where unpublished_at is null) as "packages",
    (select count(*) from versions where unpublished_at is null) as "versions",
    (select count(*) from (select distinct namespace from packages) n where exists (
      select 1 from packages p join versions v on v.package_id = p.id
      where p.namespace = n.namespace and v.unpublished_at is null)) as "namespaces",
    (select count(*) from accounts) as "accounts",
    (select coalesce(sum(size), 0) from versions where unpublished_at is null) as "tarballBytes",
    (select coalesce(sum(count), 0) from downloads_by_day) as "downloads",
    (select count(*) from stars) as "likes"`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("a query for counts returned no row");
  return row;
}
