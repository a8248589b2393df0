import { parseArgs } from "node:util";
import { conditions } from "./cluster/machine.ts";
import { markdownTable } from "./cluster/markdown.ts";
import { endProgramsOnSignal } from "./cluster/program.ts";
import { FAULTS } from "./faults/kinds.ts";
import { type RoundResult, runRound } from "./faults/run.ts";
import { startFaultyCluster } from "./faults/site.ts";

/**
 * Breaks things under a registry of four nodes and looks whether anything that was acknowledged is lost: `npm run faults -- --rounds 5
 * [--only "S3"]`. Prints the table of docs/reliability.md; ends with 1 when something was lost, altered, or half visible.
 */
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "1" }, only: { type: "string", default: "" } },
});
const rounds = Number(values.rounds);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const head = conditions();

await using site = await startFaultyCluster();
endProgramsOnSignal(async () => await site[Symbol.asyncDispose]());
say(`four nodes behind ${site.cluster.nginx.url}, ${site.s3Name}`);
const rows: (string | number)[][] = [];
let isGood = true;
for (const fault of FAULTS.filter(({ name }) => name.includes(values.only))) {
  if (!fault.isPossible(site)) {
    rows.push([fault.name, 0, ...Array.from({ length: 7 }, () => Number.NaN)]);
    say(`${fault.name}: this user may not do that`);
    continue;
  }
  const results: RoundResult[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const result = await runRound(site, fault, round);
    results.push(result);
    const problems = [...result.lost, ...result.altered, ...result.half, ...result.other];
    isGood &&= problems.length === 0;
    say(
      `${fault.name}, round ${round + 1}: ${result.acknowledged} acknowledged, ${result.refused} refused, well after ${Math.round(result.recovery)} ms`,
    );
    for (const problem of problems) say(`  ${problem}`);
  }
  rows.push(rowOf(fault.name, results));
}
const columns = [
  "rounds",
  "acknowledged",
  "refused",
  "reads",
  "lost",
  "altered",
  "half visible",
  "other",
  "recovery, s",
];
process.stdout.write(
  `${head}\n${site.s3Name}, PostgreSQL 18.\n\n${markdownTable(["fault", ...columns], rows)}`,
);
process.exitCode = isGood ? 0 : 1;

function rowOf(name: string, results: RoundResult[]): (string | number)[] {
  const sum = (count: (result: RoundResult) => number): number =>
    results.reduce((all, each) => all + count(each), 0);
  const recoveries = results.map(({ recovery }) => recovery / 1_000).toSorted((a, b) => a - b);
  const range = [recoveries[0], recoveries.at(-1)].map((seconds) => seconds?.toFixed(1));
  return [
    name,
    results.length,
    sum(({ acknowledged }) => acknowledged),
    sum(({ refused }) => refused),
    sum(({ reads }) => reads),
    sum(({ lost }) => lost.length),
    sum(({ altered }) => altered.length),
    sum(({ half }) => half.length),
    sum(({ other }) => other.length),
    [...new Set(range)].join(" to "),
  ];
}
