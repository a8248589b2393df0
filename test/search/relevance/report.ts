import { type Measured, means } from "./measure.ts";
import type { Grade } from "./judgements.ts";

/** One way to search, and what it found for every query. */
export interface Contender {
  name: string;
  measured: Measured[];
}

/** As Markdown: the means of every contender by kind of query, and the queries that the first one does not answer at once. */
export function relevanceReport(contenders: Contender[]): string {
  const [first] = contenders;
  if (first === undefined) return "";
  return [...meansTable(contenders), "", ...failures(first)].join("\n");
}

function meansTable(contenders: Contender[]): string[] {
  const columns = contenders.flatMap(({ name }) => [`${name} MRR@10`, "nDCG@10"]);
  const kinds = [
    ...new Set(contenders.flatMap(({ measured }) => measured.map(({ judgement }) => judgement.kind))),
  ];
  return [
    `| queries | | ${columns.join(" | ")} |`,
    `|---|---|${columns.map(() => "---|").join("")}`,
    meansRow("all", contenders),
    ...kinds.map((kind) => {
      const ofKind = ({ judgement }: Measured): boolean => judgement.kind === kind;
      const narrowed = contenders.map(({ name, measured }) => ({ name, measured: measured.filter(ofKind) }));
      return meansRow(kind, narrowed);
    }),
  ];
}

function meansRow(title: string, contenders: Contender[]): string {
  const all = contenders.map(({ measured }) => means(measured));
  const figures = all.flatMap(({ mrr, ndcg }) => [mrr.toFixed(3), ndcg.toFixed(3)]);
  return `| ${[title, all[0]?.queries ?? 0, ...figures].join(" | ")} |`;
}

/** Queries whose first hit is no answer, the worst ones first. */
function failures({ name, measured }: Contender): string[] {
  const failed = measured.filter(({ rr }) => rr < 1).toSorted((a, b) => a.rr - b.rr || a.ndcg - b.ndcg);
  if (failed.length === 0) return [`${name} answers every query with its first hit.`];
  return [
    `Queries that ${name} does not answer with its first hit:`,
    "",
    "| query | RR | nDCG@10 | first hits, with their grades | missing |",
    "|---|---|---|---|---|",
    ...failed.map(failureRow),
  ];
}

/** Hits and missing answers that are named. */
const NAMED_MAX = 4;

function failureRow({ judgement, found, rr, ndcg }: Measured): string {
  const { query, grades } = judgement;
  const hits = found.slice(0, NAMED_MAX).map((name) => `${name} ${grades.get(name) ?? "-"}`);
  const missing = [...grades].filter(
    ([name, grade]) => grade === (3 satisfies Grade) && !found.includes(name),
  );
  const cells = [
    `\`${query}\``,
    rr.toFixed(2),
    ndcg.toFixed(2),
    hits.join(", "),
    missing
      .slice(0, NAMED_MAX)
      .map(([name]) => name)
      .join(", "),
  ];
  return `| ${cells.join(" | ")} |`;
}
