import { parseArgs } from "node:util";
import { means } from "../test/search/relevance/measure.ts";
import { openRelevance, type Store } from "../test/search/relevance/open.ts";
import { relevanceReport } from "../test/search/relevance/report.ts";

/**
 * MRR@10 of the search in SQLite over the corpus of docs/corpus.md, as docs/performance.md has it; PostgreSQL has to come as close
 * as this.
 */
const SQLITE_MRR = 0.97;
const MRR_BELOW = 0.03;

const USAGE = "usage: npm run relevance -- DIR [--store sqlite|postgres]";

/** Prints how well search answers the judged queries over a corpus `DIR/<namespace>/<skill>/`, in Markdown. */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { store: { type: "string", default: "sqlite" } },
});
const [dir] = positionals;
if (dir === undefined) throw new Error(USAGE);
const store = storeOf(values.store);

await using relevance = await openRelevance(dir, store);
const { skills, judgements, contenders } = relevance;
process.stdout.write(`${judgements.length} judged queries over ${skills.length} skills, in ${store}.\n\n`);
const [engine, ...plain] = await contenders();
process.stdout.write(`${relevanceReport([engine, ...plain])}\n`);
const { mrr } = means(engine.measured);
if (store === "postgres" && mrr < SQLITE_MRR - MRR_BELOW) {
  process.stderr.write(
    `MRR@10 is ${mrr.toFixed(3)}, more than ${MRR_BELOW} below the ${SQLITE_MRR} of SQLite\n`,
  );
  process.exitCode = 1;
}

function storeOf(name: string): Store {
  if (name === "sqlite" || name === "postgres") return name;
  throw new Error(USAGE);
}
