import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { SearchPage, SearchQuery } from "../../search.ts";
import { tooManySearches } from "../too-many-searches.ts";

export interface SearchWorkerData {
  /** Path of the database. */
  file: string;
}

export interface SearchRequest {
  id: number;
  query: SearchQuery;
}

export type SearchAnswer = { id: number; page: SearchPage } | { id: number; error: string };

/** Search in a thread of its own: a query for common words takes milliseconds in which a packument would have to wait. */
export interface SearchThread {
  /** Sees whatever was committed before the call. Throws ETOOMANY when WAITING_MAX queries wait. */
  search(query: SearchQuery): Promise<SearchPage>;
  /** Waits for the queries that were asked before. */
  close(): Promise<void>;
}

/** Source and build differ in the extension only. */
const WORKER = new URL(`./search-worker${extname(import.meta.url)}`, import.meta.url);

/** Queries that may wait, up to some seconds of work. More would wait longer than anybody does, and take memory meanwhile. */
const WAITING_MAX = 200;

interface Waiting {
  resolve(page: SearchPage): void;
  reject(error: Error): void;
}

/** Starts the thread with the first query, and another one when it has died. */
export function searchThread(file: string): SearchThread {
  let running: Running | undefined;
  let closed = false;
  return {
    async search(query) {
      if (closed) throw new Error("the database is closed");
      if (running === undefined || running.ended) running = start(file);
      return await running.ask(query);
    },
    async close() {
      closed = true;
      await running?.close();
    },
  };
}

interface Running {
  /** The thread is gone. */
  ended: boolean;
  ask(query: SearchQuery): Promise<SearchPage>;
  close(): Promise<void>;
}

function start(file: string): Running {
  const worker = new Worker(WORKER, { workerData: { file } satisfies SearchWorkerData });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  const gone = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const running: Running = {
    ended: false,
    ask: (query) =>
      new Promise((resolve, reject) => {
        if (waiting.size >= WAITING_MAX) throw tooManySearches();
        const id = (asked += 1);
        waiting.set(id, { resolve, reject });
        // An idle thread does not keep the process alive, one with a query does.
        worker.ref();
        worker.postMessage({ id, query } satisfies SearchRequest);
      }),
    async close() {
      worker.ref();
      worker.postMessage("close");
      await gone;
    },
  };

  function fail(error: Error): void {
    running.ended = true;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  worker.on("message", (answer: SearchAnswer) => {
    const waiter = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
    if ("page" in answer) waiter?.resolve(answer.page);
    else waiter?.reject(new Error(`search failed: ${answer.error}`));
  });
  worker.once("error", (error: Error) => fail(new Error("the search thread failed", { cause: error })));
  worker.once("exit", () => fail(new Error("the search thread ended")));
  worker.unref();
  return running;
}
