import { stat } from "node:fs/promises";
import path from "node:path";
import { parseQuery } from "../plugin/src/registry/search/query.ts";
import type { Metadata } from "../plugin/src/store/metadata.ts";
import { openSqlite } from "../plugin/src/store/metadata/sqlite/open.ts";
import { percentile } from "./figures.ts";
import { type Corpus, syntheticCorpus } from "./search-corpus.ts";
import { HTTP_HEADER, httpRow, publishAll, publishOne } from "./search-http.ts";
import { type KnownItem, knownItems, WARMUP } from "./search-queries.ts";
import { ourServer, stockVerdaccio } from "./servers.ts";

/** The database grows from one to the next. */
const SIZES = [1_000, 5_000, 10_000, 100_000];

/** Packages up to which stock Verdaccio is measured: it takes two seconds for a query then. */
const STOCK_MAX = 5_000;

const UPSERTS = 200;
const BATCH = 500;
const AT = "2026-01-01T00:00:00.000Z";

/** Search inside the process, one query after the other; then over HTTP, on the same database. */
export async function benchSearch(): Promise<string> {
  await using ours = await ourServer();
  await using stock = await stockVerdaccio();
  const corpus = syntheticCorpus();
  const file = path.join(ours.dir, "data", "registry.sqlite");
  const metadata = await openSqlite({ file });
  const sections: string[] = [];
  const overHttp: string[] = [];
  try {
    for (const server of [ours, stock]) await publishOne(server);
    for (const [index, size] of SIZES.entries()) {
      const before = SIZES[index - 1] ?? 0;
      const started = performance.now();
      await fill(metadata, corpus, { from: before, to: size });
      const each = (performance.now() - started) / (size - before);
      sections.push(await inProcess(metadata, corpus, { size, each, bytes: (await stat(file)).size }));
      overHttp.push(await httpRow("skills-registry", ours, { corpus, size }));
      if (size > STOCK_MAX) continue;
      await publishAll(stock, corpus, { from: before, to: size });
      overHttp.push(await httpRow("stock Verdaccio 6.10.4", stock, { corpus, size }));
    }
  } finally {
    await metadata.close();
  }
  return [...sections, HTTP_HEADER, ...overHttp, ""].join("\n");
}

interface Built {
  size: number;
  /** Milliseconds of each skill. */
  each: number;
  bytes: number;
}

async function inProcess(metadata: Metadata, corpus: Corpus, { size, each, bytes }: Built): Promise<string> {
  const rows: string[] = [];
  for (const [kind, queries] of Object.entries(knownItems(corpus, size))) {
    rows.push(row(kind, await ask(metadata, queries)));
  }
  const upserts = await upsert(metadata, corpus, size);
  const [middle, worst] = [50, 99].map((rank) => percentile(upserts, rank).toFixed(2));
  return [
    `### Search among ${size.toLocaleString("en")} skills, in process`,
    "",
    `Database ${(bytes / 1e6).toFixed(0)} MB, built with ${each.toFixed(2)} ms a skill. Index write of one publish: p50 ${middle} ms, p99 ${worst} ms.`,
    "",
    "| query | p50 ms | p99 ms | max ms | in the first ten |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

export async function fill(
  metadata: Metadata,
  corpus: Corpus,
  { from, to }: { from: number; to: number },
): Promise<void> {
  for (let start = from; start < to; start += BATCH) {
    await metadata.transaction(async (tx) => {
      for (let index = start; index < Math.min(start + BATCH, to); index += 1) {
        const document = corpus.document(index);
        const { id } = await tx.insertPackage({
          name: document.name,
          namespace: document.namespace,
          visibility: "public",
          at: AT,
        });
        await tx.putSearchDocument(id, document);
      }
    });
  }
}

interface Asked {
  samples: number[];
  found: number;
  wanted: number;
}

async function ask(metadata: Metadata, queries: KnownItem[]): Promise<Asked> {
  const asked: Asked = { samples: [], found: 0, wanted: 0 };
  for (const [index, { text, wanted, facets }] of queries.entries()) {
    const started = performance.now();
    const page = await metadata.search({
      ...parseQuery(text),
      readable: [],
      sort: "relevance",
      from: 0,
      size: 10,
      facets: facets === true,
      bodies: false,
    });
    if (index < WARMUP) continue;
    asked.samples.push(performance.now() - started);
    if (wanted !== null) asked.wanted += 1;
    if (page.hits.some((hit) => hit.name === wanted)) asked.found += 1;
  }
  return asked;
}

function row(kind: string, { samples, found, wanted }: Asked): string {
  const figures = [50, 99, 100].map((rank) => percentile(samples, rank).toFixed(2));
  return `| ${kind} | ${figures.join(" | ")} | ${wanted === 0 ? "" : `${((found / wanted) * 100).toFixed(0)} %`} |`;
}

/**
 * A whole new text for a skill, each in a transaction of its own; the commit is not in the time, it is the disk's.
 * Afterwards the skill is what it was, to be found again.
 */
async function upsert(metadata: Metadata, corpus: Corpus, size: number): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < UPSERTS; index += 1) {
    const before = corpus.document((index * 37) % size);
    const { name, namespace } = before;
    const after = { ...corpus.document(size + index), name, namespace, version: "1.1.0" };
    const id = (await metadata.package(name))?.id ?? 0;
    await metadata.transaction(async (tx) => {
      const started = performance.now();
      await tx.putSearchDocument(id, after);
      samples.push(performance.now() - started);
    });
    await metadata.transaction((tx) => tx.putSearchDocument(id, before));
  }
  return samples;
}
