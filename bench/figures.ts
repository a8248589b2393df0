/** Figures of one contender, in milliseconds. */
export interface Figures {
  name: string;
  samples: number[];
}

export function median(samples: number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Nearest rank; 100 is the largest sample. */
export function percentile(samples: number[], rank: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** Median of the ratios round by round: the machine's drift hits both sides of a round alike. */
export function ratio(ours: Figures, theirs: Figures): number {
  return median(ours.samples.map((sample, round) => sample / (theirs.samples[round] ?? Number.NaN)));
}

/** A Markdown table of minimum, median and p90, with the ratio of the first contender to each. */
export function table(title: string, contenders: Figures[]): string {
  const [ours] = contenders;
  if (ours === undefined) return "";
  const rows = contenders.map((contender) => {
    const sorted = contender.samples.toSorted((a, b) => a - b);
    const p90 = sorted[Math.floor(sorted.length * 0.9)] ?? Number.NaN;
    const figures = [sorted[0] ?? Number.NaN, median(sorted), p90].map((value) => value.toFixed(1));
    return `| ${contender.name} | ${figures.join(" | ")} | ${ratio(ours, contender).toFixed(2)} |`;
  });
  return [
    `### ${title}`,
    "",
    `${ours.samples.length} rounds, contenders in shuffled order within each round; milliseconds.`,
    "",
    "| contender | min | median | p90 | first ÷ this |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

/** Runs every contender once a round, in another order each time; the first `warmup` rounds are not counted. */
export async function interleave(
  contenders: { name: string; run: (round: number) => Promise<void> }[],
  rounds: { counted: number; warmup: number },
): Promise<Figures[]> {
  const figures = contenders.map(({ name }) => ({ name, samples: [] as number[] }));
  for (let round = 0; round < rounds.warmup + rounds.counted; round += 1) {
    for (const index of shuffled(contenders.length)) {
      const started = performance.now();
      await contenders[index]?.run(round);
      const elapsed = performance.now() - started;
      if (round >= rounds.warmup) figures[index]?.samples.push(elapsed);
    }
  }
  return figures;
}

function shuffled(length: number): number[] {
  return Array.from({ length }, (_value, index) => ({ index, order: Math.random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ index }) => index);
}
