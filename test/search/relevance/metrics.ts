import type { Grade } from "./judgements.ts";

/** Hits that count: those that a person sees without scrolling. */
export const CUTOFF = 10;

/** The least grade that answers the question; a related skill does not. */
const ANSWER: Grade = 2;

/** One over the rank of the first answer among the first ten hits; 0 without one. */
export function reciprocalRank(found: string[], grades: Map<string, Grade>): number {
  const index = found.slice(0, CUTOFF).findIndex((name) => (grades.get(name) ?? 0) >= ANSWER);
  return index === -1 ? 0 : 1 / (index + 1);
}

/** How much of the gain of the best possible first ten hits is there, 0 to 1; a gain fades with the logarithm of its rank. */
export function ndcg(found: string[], grades: Map<string, Grade>): number {
  const ideal = [...grades.values()].toSorted((a, b) => b - a);
  return gainOf(found.map((name) => grades.get(name) ?? 0)) / gainOf(ideal);
}

function gainOf(grades: number[]): number {
  return grades
    .slice(0, CUTOFF)
    .reduce((sum, grade, index) => sum + (2 ** grade - 1) / Math.log2(index + 2), 0);
}
