import type { DatabaseSync } from "node:sqlite";
import type { SearchIndex } from "../sql-metadata.ts";
import { putDocument, refreshDownloads, refreshLikes, removeDocument } from "./search-index.ts";
import { searchPage } from "./search-page.ts";
import { IS_READABLE } from "./search-scope.ts";
import { statementsOf } from "./statements.ts";

/**
 * FTS5 in two tables: the head is asked first, the whole text fills up what it leaves open.
 * Works on the connection directly, within whatever transaction that is in.
 */
export function sqliteSearch(database: DatabaseSync): SearchIndex {
  const sql = statementsOf(database);
  return {
    search: async (_db, query) => searchPage(sql, query),
    put: async (_db, packageId, document) => putDocument(sql, packageId, document),
    remove: async (_db, packageId) => removeDocument(sql, packageId),
    refreshLikes: async (_db, packageId) => refreshLikes(sql, packageId),
    refreshDownloads: async (_db, day, packageIds) => refreshDownloads(sql, day, packageIds),
    dependents: async (_db, asked) =>
      sql
        .all<{ name: string }>(
          `select r.name from dependencies d join search_ranks r on r.package_id = d.package_id
            where d.dependency = $name and ${IS_READABLE}
            order by r.name limit $limit`,
          { name: asked.name, readable: JSON.stringify(asked.readable), limit: asked.limit },
        )
        .map(({ name }) => name),
    isStale: async () => sql.get(`select 1 from search_state where stale = 1`) !== undefined,
    markStale: async () => sql.run(`update search_state set stale = 1`),
    documents: async (_db, after, limit) =>
      sql.all<{ packageId: number; version: string }>(
        `select package_id as "packageId", version from search_documents
          where package_id > $after order by package_id limit $limit`,
        { after, limit },
      ),
    markCurrent: async () => sql.run(`update search_state set stale = 0`),
  };
}
