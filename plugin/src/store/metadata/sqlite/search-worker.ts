import { parentPort, workerData } from "node:worker_threads";
import { connectReader } from "./connect-reader.ts";
import { facetCounter } from "./search-facets.ts";
import { searchPage } from "./search-page.ts";
import type { SearchAnswer, SearchRequest, SearchWorkerData } from "./search-thread.ts";
import { statementsOf } from "./statements.ts";

/**
 * The thread that search-thread.ts starts: answers one query after the other over a connection of its own.
 * It imports little, so that it starts in some 50 ms: neither Kysely nor zod.
 */

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what search-thread.ts hands over
const { file } = workerData as SearchWorkerData;
const database = connectReader(file);
const sql = statementsOf(database);
const facets = facetCounter(sql);

parentPort?.on("message", (request: SearchRequest | "close") => {
  if (request === "close") {
    database.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(answerOf(request));
});

/** Within a transaction, so that all statements of a query see one state. It holds off nobody. */
function answerOf({ id, query }: SearchRequest): SearchAnswer {
  try {
    sql.run("begin");
    try {
      return { id, page: searchPage(sql, query, facets) };
    } finally {
      sql.run("rollback");
    }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
