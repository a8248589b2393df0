import type { Judgement } from "./judgements.ts";
import { ndcg, reciprocalRank } from "./metrics.ts";
import type { Searcher } from "./searchers.ts";

/** What one query found, and how good that is. */
export interface Measured {
  judgement: Judgement;
  found: string[];
  /** Reciprocal rank. */
  rr: number;
  ndcg: number;
}

export interface Means {
  queries: number;
  mrr: number;
  ndcg: number;
}

export async function measure(judgements: Judgement[], search: Searcher): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const judgement of judgements) {
    const found = await search(judgement.query);
    const { grades } = judgement;
    measured.push({ judgement, found, rr: reciprocalRank(found, grades), ndcg: ndcg(found, grades) });
  }
  return measured;
}

export function means(measured: Measured[]): Means {
  return {
    queries: measured.length,
    mrr: mean(measured.map(({ rr }) => rr)),
    ndcg: mean(measured.map((one) => one.ndcg)),
  };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
