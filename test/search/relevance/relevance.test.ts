import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCorpus } from "./corpus.ts";
import { means, type Measured } from "./measure.ts";
import { openRelevance, type Relevance } from "./open.ts";

const corpus = findCorpus();
if (corpus === undefined) {
  process.stderr.write("relevance is NOT measured: ../shared/corpus is not beside this checkout\n");
}

/** As good as seven first hits in ten being answers, and the second one for the other three. */
const MRR_MIN = 0.85;

describe.skipIf(corpus === undefined)("the judged queries over the corpus", () => {
  let relevance: Relevance;
  let engine: Measured[];
  let any: Measured[];
  let all: Measured[];

  beforeAll(async () => {
    relevance = await openRelevance(corpus ?? "");
    const [first, ...plain] = await relevance.contenders();
    [engine, any, all] = [first.measured, plain[0].measured, plain[1].measured];
  });

  afterAll(async () => await relevance[Symbol.asyncDispose]());

  test("are at least sixty, each asked once", () => {
    const queries = relevance.judgements.map(({ query }) => query);
    expect(queries.length).toBeGreaterThanOrEqual(60);
    expect(queries.filter((query, index) => queries.indexOf(query) !== index)).toEqual([]);
  });

  test("name skills that the registry takes", () => {
    const known = new Set(relevance.skills.map(({ name }) => name));
    const graded = relevance.judgements.flatMap(({ grades }) => [...grades.keys()]);
    expect(graded.filter((name) => !known.has(name))).toEqual([]);
  });

  test("are answered among the first hits", () => {
    expect(means(engine).mrr).toBeGreaterThanOrEqual(MRR_MIN);
  });

  test("are answered better than by plain FTS5", () => {
    expect(means(engine).ndcg).toBeGreaterThan(means(any).ndcg);
    expect(means(engine).ndcg).toBeGreaterThan(means(all).ndcg);
  });

  test("are answered no worse than by plain FTS5 where plain words are asked for", () => {
    const plainWords = ({ judgement }: Measured): boolean =>
      ["topic", "words", "need"].includes(judgement.kind);
    expect(means(engine.filter(plainWords)).ndcg).toBeGreaterThan(means(any.filter(plainWords)).ndcg);
  });
});
