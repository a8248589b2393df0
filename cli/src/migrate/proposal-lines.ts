import type { Proposal } from "./propose.ts";

/** Differing files that are named. */
const SHOWN = 3;

/** The proposal for people: one line per skill, `+` before what is taken without a question. */
export function proposalLines({
  proposals,
  repositories,
  files,
}: {
  proposals: readonly Proposal[];
  repositories: readonly string[];
  files: readonly string[];
}): string[] {
  const width = Math.max(0, ...proposals.map(({ name }) => name.length));
  return [
    proposals.length + repositories.length === 0
      ? `no skills in ${files.join(", ")}`
      : `found in ${files.join(", ")}:`,
    ...proposals.flatMap((proposal) => proposalLine(proposal, width)),
    ...repositories.map((line) => `  a whole repository: ${line}`),
  ];
}

function proposalLine(proposal: Proposal, width: number): string[] {
  const { name, recommended, others } = proposal;
  const line = `${recommended ? "+" : " "} ${name.padEnd(width)}  ${whatText(proposal)}`;
  return others.length === 0 ? [line] : [line, `  ${" ".repeat(width)}  also ${others.join(", ")}`];
}

function whatText({ state, candidate, bring, recommended }: Proposal): string {
  if (candidate === null) return `missing here: ${bring}`;
  const id = `${candidate.package}@${candidate.version}`;
  const source = candidate.sameSource ? ", which says it is from the same repository" : "";
  switch (state) {
    case "installed":
      return `${candidate.package} is in skills.json already`;
    case "same":
      return `${id}, the same files${brings(candidate.dependencies)}`;
    case "different":
      return `${id}, other files${source}: ${shortList(candidate.differing)}${recommended ? "" : "; --force takes the folder over"}`;
    default:
      return `${id}${source}; there is no folder to compare it with`;
  }
}

function brings(dependencies: readonly string[]): string {
  return dependencies.length === 0 ? "" : `, and it brings ${dependencies.join(", ")}`;
}

function shortList(files: readonly string[]): string {
  const rest = files.length - SHOWN;
  return files.slice(0, SHOWN).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
