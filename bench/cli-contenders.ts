import { interleave, table } from "./figures.ts";

/** One of those that are compared. */
export interface Contender {
  name: string;
  /** Once before the measurement with -1, to see whether it can be run here at all, and to fill its caches. */
  run(round: number): Promise<void>;
}

/** The table of those that can be run here; of the others it says why not. */
export async function measured(
  title: string,
  contenders: Contender[],
  rounds: { counted: number; warmup: number },
): Promise<string> {
  const able: Contender[] = [];
  const unable: string[] = [];
  for (const contender of contenders) {
    const failure = await tryOut(contender);
    if (failure === undefined) able.push(contender);
    else unable.push(`- ${contender.name}: ${failure}\n`);
  }
  const figures = table(title, await interleave(able, rounds));
  return unable.length === 0 ? figures : `${figures}\nNot measured:\n\n${unable.join("")}`;
}

/** Why it cannot be run, in a line. */
async function tryOut({ run }: Contender): Promise<string | undefined> {
  try {
    await run(-1);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return reason.trim().split("\n").slice(0, REASON_LINES).join(" ");
  }
}

const REASON_LINES = 3;
