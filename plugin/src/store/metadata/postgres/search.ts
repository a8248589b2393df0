import { sql } from "kysely";
import type { SearchIndex } from "../sql-metadata.ts";
import { putDocument, refreshDownloads, refreshLikes, removeDocument } from "./search-index.ts";
import { searchPage } from "./search-page.ts";
import { isReadable } from "./search-scope.ts";

/** Words in a tsvector, in one GIN index. Works over whatever connection and transaction it is handed. */
export function postgresSearch(): SearchIndex {
  return {
    search: searchPage,
    put: putDocument,
    remove: removeDocument,
    refreshLikes,
    refreshDownloads,
    async dependents(db, { name, readable, limit }) {
      const { rows } = await sql<{ name: string }>`
        select r.name from dependencies d join search_documents r on r.package_id = d.package_id
        where d.dependency = ${name} and ${isReadable(readable)} order by r.name limit ${limit}`.execute(db);
      return rows.map((row) => row.name);
    },
    async isStale(db) {
      const { rows } = await sql`select 1 from search_state where stale`.execute(db);
      return rows.length > 0;
    },
    async markCurrent(db) {
      await sql`update search_state set stale = false`.execute(db);
    },
    async markStale(db) {
      await sql`update search_state set stale = true`.execute(db);
    },
    async documents(db, after, limit) {
      const { rows } = await sql<{ packageId: number; version: string }>`
        select package_id as "packageId", version from search_shown where package_id > ${after}
        order by package_id limit ${limit}`.execute(db);
      return rows;
    },
  };
}
