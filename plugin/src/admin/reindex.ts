import { reindex } from "../registry/reindex.ts";
import type { Command, CommandContext, Outcome } from "./command.ts";

/** Packages between two lines of progress: some seconds. */
const PROGRESS_EVERY = 1_000;

export const reindexCommand: Command = {
  usage: "reindex",
  summary: "Builds the search index anew.",
  run: rebuildSearch,
};

async function rebuildSearch({ parts, progress }: CommandContext): Promise<Outcome> {
  const { metadata, now } = parts;
  const { packages } = await metadata.counts("everything");
  const report = (count: number): void => {
    if (count % PROGRESS_EVERY === 0) progress(`${count} of about ${packages} packages\n`);
  };
  const done = await reindex({ metadata, now, progress: report });
  return { text: `indexed ${done} packages\n`, json: { packages: done } };
}
