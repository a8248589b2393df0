import { parseArgs } from "node:util";
import { openRelevance } from "../test/search/relevance/open.ts";
import { relevanceReport } from "../test/search/relevance/report.ts";

/** Prints how well search answers the judged queries over a corpus `DIR/<namespace>/<skill>/`, in Markdown. */
const { positionals } = parseArgs({ allowPositionals: true });
const [dir] = positionals;
if (dir === undefined) throw new Error("usage: npm run relevance -- DIR");

await using relevance = await openRelevance(dir);
const { skills, judgements, contenders } = relevance;
process.stdout.write(`${judgements.length} judged queries over ${skills.length} skills.\n\n`);
process.stdout.write(`${relevanceReport(await contenders())}\n`);
