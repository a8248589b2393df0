import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

/** Everything `npm run check` runs, in the order in which a failure is cheapest to see. */
const steps: [string, string[]][] = [
  ["oxfmt", ["--check"]],
  ["oxlint", ["--type-aware", "--deny-warnings"]],
  ["tsc", ["--noEmit", "-p", "tsconfig.json"]],
  ["tsc", ["-b", "schema", "plugin"]],
  ["bundle.ts", []],
  ["knip", []],
  ["publint", ["schema", "--strict"]],
  ["publint", ["plugin", "--strict"]],
  ["publint", ["cli", "--strict"]],
  ["docs.ts", ["--check"]],
];

function run(title: string, command: string, args: string[]): boolean {
  const started = performance.now();
  const done = spawnSync(command, args, { encoding: "utf8" });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${done.status === 0 ? "ok  " : "FAIL"} ${title} (${seconds} s)\n`);
  if (done.status !== 0) process.stdout.write(`${done.stdout}${done.stderr}\n`);
  return done.status === 0;
}

const bin = readdirSync("node_modules/.bin");
const results = steps.map(([tool, args]) => {
  const title = [tool, ...args].join(" ");
  if (tool.endsWith(".ts"))
    return run(title, process.execPath, ["--conditions=source", `scripts/${tool}`, ...args]);
  if (!bin.includes(tool)) throw new Error(`${tool} is not installed: run npm ci`);
  return run(title, `node_modules/.bin/${tool}`, args);
});
process.exitCode = results.every(Boolean) ? 0 : 1;
