import { percentile } from "../../bench/figures.ts";
import { syntheticCorpus } from "../../bench/search-corpus.ts";
import { type KnownItem, knownItems, WARMUP } from "../../bench/search-queries.ts";
import { markdownTable } from "../cluster/markdown.ts";

/** Milliseconds of searches, by the kind of their query. */
export type SearchTimes = Record<string, number[]>;

/** Queries of every kind among so many packages of the fixed seed, one after the other, over HTTP. */
export async function searchTimes(url: string, packages: number): Promise<SearchTimes> {
  const times: SearchTimes = {};
  for (const [kind, items] of Object.entries(knownItems(syntheticCorpus(), Math.max(1, packages)))) {
    const all: number[] = [];
    for (const item of items) all.push(await timed(url + searchPath(item)));
    times[kind] = all.slice(WARMUP);
  }
  return times;
}

export function searchTable(times: SearchTimes): string {
  const rows = Object.entries(times).map(([kind, list]) => [
    kind,
    ...[50, 90, 99, 100].map((rank) => percentile(list, rank)),
  ]);
  return markdownTable(["query", "p50 ms", "p90 ms", "p99 ms", "max ms"], rows);
}

export function searchPath({ text, facets = false }: KnownItem): string {
  return `/api/skills?limit=20&facets=${facets}&q=${encodeURIComponent(text)}`;
}

async function timed(url: string): Promise<number> {
  const started = performance.now();
  const answer = await fetch(url);
  await answer.text();
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
  return performance.now() - started;
}
