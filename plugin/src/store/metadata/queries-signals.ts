import { type Kysely, sql } from "kysely";
import type { DayCount, DayRange, DownloadCount } from "../metadata.ts";
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
    .where("count", ">", 0)
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

/**
 * The sums of the day are kept beside the counts: adding up all packages for one number would take seconds. What restricted
 * skills have is kept apart.
 */
export async function addDownloads(db: Db, counts: DownloadCount[]): Promise<void> {
  await addCounts(db, "downloads", counts);
  const restricted = await restrictedOf(db, new Set(counts.map(({ packageId }) => packageId)));
  for (const [day, sums] of sumByDay(counts, restricted)) {
    await db
      .insertInto("downloads_by_day")
      .values({ day, ...sums })
      .onConflict((conflict) =>
        conflict.column("day").doUpdateSet((eb) => ({
          count: eb("downloads_by_day.count", "+", sums.count),
          restricted: eb("downloads_by_day.restricted", "+", sums.restricted),
        })),
      )
      .execute();
  }
}

async function restrictedOf(db: Db, packageIds: Set<number>): Promise<Set<number>> {
  const restricted = new Set<number>();
  for (const id of packageIds) {
    const row = await db
      .selectFrom("packages")
      .select("id")
      .where("id", "=", id)
      .where("visibility", "=", "restricted")
      .executeTakeFirst();
    if (row !== undefined) restricted.add(id);
  }
  return restricted;
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

function sumByDay(
  counts: DownloadCount[],
  restricted: Set<number>,
): Map<string, { count: number; restricted: number }> {
  const sums = new Map<string, { count: number; restricted: number }>();
  for (const { packageId, day, count } of counts) {
    const sum = sums.get(day) ?? { count: 0, restricted: 0 };
    sum[restricted.has(packageId) ? "restricted" : "count"] += count;
    sums.set(day, sum);
  }
  return sums;
}
