import os from "node:os";
import { benchAdd } from "./add.ts";
import { benchCli } from "./cli.ts";
import { benchCounter } from "./download-counter.ts";
import { benchDownloads } from "./downloads.ts";
import { benchIdentity } from "./identity.ts";
import { benchPages } from "./pages.ts";
import { benchPublish } from "./publish.ts";
import { benchSearch } from "./search.ts";

/** Prints every figure as Markdown, with the conditions they were measured under. Asserts nothing: speed is not a test. */
const benches: Record<string, () => Promise<string>> = {
  publish: benchPublish,
  add: benchAdd,
  cli: benchCli,
  downloads: benchDownloads,
  counter: benchCounter,
  search: benchSearch,
  pages: benchPages,
  identity: benchIdentity,
};

const wanted = process.argv.slice(2);
const [cpu] = os.cpus();
process.stdout.write(
  `Node ${process.version}, ${os.cpus().length} × ${cpu?.model ?? "unknown"}, load ${os.loadavg()[0]?.toFixed(1)}; servers and clients on loopback of one machine.\n\n`,
);
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`${await bench()}\n`);
}
