import { type Kysely, sql } from "kysely";
import type { DownloadCount, MetadataWriter } from "../../metadata.ts";
import { appendAudit } from "../queries-registry.ts";
import type { Database } from "../schema.ts";
import { LOCKS } from "./locks.ts";

/** Writes that are not those of every SQL database: many rows in one statement, and what only one node may do at a time. */

type Db = Kysely<Database>;

export function postgresWrites(tx: Db) {
  return {
    async appendAudit(entry) {
      // The last entry is read after the lock was given, and stays the last one until the commit.
      await sql`select pg_advisory_xact_lock(${sql.lit(LOCKS.audit)})`.execute(tx);
      await appendAudit(tx, entry);
    },
    addDownloads: (counts) => addDownloads(tx, counts),
    addInstalls: (counts) => addCounts(tx, "installs", counts),
    setTokensUsed: (uses) => setTokensUsed(tx, uses),
  } satisfies Partial<MetadataWriter>;
}

async function addDownloads(tx: Db, counts: DownloadCount[]): Promise<void> {
  await addCounts(tx, "downloads", counts);
  await sql`insert into downloads_by_day (day, count, restricted)
    select c.day, coalesce(sum(c.count) filter (where p.visibility <> 'restricted'), 0),
      coalesce(sum(c.count) filter (where p.visibility = 'restricted'), 0)
    from ${rowsOf(counts)} join packages p on p.id = c.package_id group by c.day order by c.day
    on conflict (day) do update set count = downloads_by_day.count + excluded.count,
      restricted = downloads_by_day.restricted + excluded.restricted`.execute(tx);
}

/** In the order of the key: two nodes that write the same rows must not wait for each other. */
async function addCounts(tx: Db, table: "downloads" | "installs", counts: DownloadCount[]): Promise<void> {
  await sql`insert into ${sql.table(table)} (package_id, day, version, count)
    select c.package_id, c.day, c.version, sum(c.count) from ${rowsOf(counts)}
    group by c.package_id, c.day, c.version order by c.package_id, c.day, c.version
    on conflict (package_id, day, version) do update set count = ${sql.ref(table)}.count + excluded.count`.execute(
    tx,
  );
}

function rowsOf(counts: DownloadCount[]) {
  const column = <K extends keyof DownloadCount>(key: K) => counts.map((count) => count[key]);
  return sql`unnest(${column("packageId")}::bigint[], ${column("day")}::text[], ${column("version")}::text[],
    ${column("count")}::bigint[]) as c (package_id, day, version, count)`;
}

/** As in queries-accounts.ts: a time is never set back. */
async function setTokensUsed(tx: Db, uses: Parameters<MetadataWriter["setTokensUsed"]>[0]): Promise<void> {
  await sql`update tokens t set last_used_at = u.at
    from (select id, max(at collate "C") as at
      from unnest(${uses.map(({ id }) => id)}::text[], ${uses.map(({ at }) => at)}::text[]) as u (id, at)
      group by id) u
    where t.id = u.id and (t.last_used_at is null or t.last_used_at < u.at)`.execute(tx);
}
