import { readFileSync } from "node:fs";
import path from "node:path";

/** A query as a person types it, and what is worth finding with it. */
export interface Judgement {
  /** The kind of query: name of the file in judgements/. */
  kind: string;
  query: string;
  grades: Map<string, Grade>;
}

/** 3 exactly this, 2 good, 1 related. What is not graded is of no use to whoever asks. */
export type Grade = 1 | 2 | 3;

const KINDS = ["topic", "words", "need", "inflected", "typo", "prefix", "name", "qualifier", "phrase"];

/** The judged queries. They were written from reading the skills, before there was an engine to ask. */
export function readJudgements(): Judgement[] {
  return KINDS.flatMap((kind) => {
    const file = path.join(import.meta.dirname, "judgements", `${kind}.txt`);
    return parseJudgements(kind, readFileSync(file, "utf8"));
  });
}

/**
 * A query stands on a line of its own; below it, indented, a grade and the skills that have it. `#` begins a comment.
 * Throws for a skill that is graded twice or a query without an answer.
 */
export function parseJudgements(kind: string, text: string): Judgement[] {
  const judgements: Judgement[] = [];
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const graded = /^ {2}([123]) (@.+)$/.exec(line);
    if (graded === null) judgements.push({ kind, query: line, grades: new Map() });
    else addGrades(judgements.at(-1), toGrade(graded[1]), (graded[2] ?? "").split(" "));
  }
  const unanswered = judgements.find(({ grades }) => ![...grades.values()].includes(3));
  if (unanswered !== undefined) throw new Error(`no skill is exactly what "${unanswered.query}" asks for`);
  return judgements;
}

function addGrades(judgement: Judgement | undefined, grade: Grade, names: string[]): void {
  if (judgement === undefined) throw new Error(`graded before there is a query: ${names.join(" ")}`);
  for (const name of names) {
    if (judgement.grades.has(name)) throw new Error(`"${judgement.query}" grades ${name} twice`);
    judgement.grades.set(name, grade);
  }
}

function toGrade(digit: string | undefined): Grade {
  if (digit === "3") return 3;
  return digit === "2" ? 2 : 1;
}
