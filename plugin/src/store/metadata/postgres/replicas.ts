import type { Pool } from "pg";
import type { MetadataReader } from "../../metadata.ts";
import { type SearchIndex, sqlReader } from "../sql-metadata.ts";
import { readsOnce } from "./dialect.ts";
import { isOwnFault, toStorageError } from "./failures.ts";

/** Milliseconds for which a replica that failed is left alone. */
const AWAY_MS = 10_000;

/** What may be a little behind: search and statistics. Whatever decides something, or shows what was just written, asks the primary. */
type Lagging = Pick<
  MetadataReader,
  | "search"
  | "dependents"
  | "downloads"
  | "downloadsByVersion"
  | "allDownloads"
  | "installs"
  | "counts"
  | "namespaceUse"
>;

interface Replica {
  pool: Pool;
  search: MetadataReader["search"];
}

/** Asks the replicas in turn, and the primary where none of them answers. */
export function readsOfReplicas(members: Replica[], index: SearchIndex, primary: MetadataReader): Lagging {
  const replicas = members.map(({ pool, search }) => ({
    reader: { ...sqlReader(readsOnce(pool), index), search },
    awayUntil: 0,
  }));
  let turn = 0;

  async function ask<T>(question: (reader: Lagging) => Promise<T>): Promise<T> {
    const now = performance.now();
    const ready = replicas.filter(({ awayUntil }) => awayUntil <= now);
    const chosen = ready[turn % Math.max(ready.length, 1)];
    turn += 1;
    if (chosen === undefined) return await question(primary);
    try {
      return await question(chosen.reader);
    } catch (error) {
      // A question that takes too long would take the primary's time next, and with it that of whoever publishes.
      if (isOwnFault(error)) throw toStorageError(error);
      chosen.awayUntil = performance.now() + AWAY_MS;
      return await question(primary);
    }
  }

  return {
    search: async (query) => await ask((reader) => reader.search(query)),
    dependents: async (...args) => await ask((reader) => reader.dependents(...args)),
    downloads: async (...args) => await ask((reader) => reader.downloads(...args)),
    downloadsByVersion: async (...args) => await ask((reader) => reader.downloadsByVersion(...args)),
    allDownloads: async (range) => await ask((reader) => reader.allDownloads(range)),
    installs: async (...args) => await ask((reader) => reader.installs(...args)),
    counts: async (of) => await ask((reader) => reader.counts(of)),
    namespaceUse: async (...args) => await ask((reader) => reader.namespaceUse(...args)),
  };
}
