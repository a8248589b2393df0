import type { RegistryCounts } from "../store/metadata.ts";
import type { Parts } from "./parts.ts";

/** Counting takes the database 50 ms at 100,000 skills, in which nothing else is answered: not for every visitor. */
const COUNTS_AGE_MS = 60_000;

/** The counts of the registry for everybody; up to a minute old. */
export interface Statistics {
  counts(): Promise<RegistryCounts>;
}

export function statistics({ metadata, now }: Pick<Parts, "metadata" | "now">): Statistics {
  let counted: { at: number; counts: Promise<RegistryCounts> } | undefined;
  return {
    async counts() {
      const time = now().getTime();
      if (counted === undefined || Math.abs(time - counted.at) >= COUNTS_AGE_MS) {
        const started = { at: time, counts: metadata.counts("public") };
        counted = started;
        // A failure is not remembered.
        started.counts.catch(() => {
          if (counted === started) counted = undefined;
        });
      }
      return await counted.counts;
    },
  };
}
