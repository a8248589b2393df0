import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { openSandbox, type Sandbox } from "./support/sandbox.ts";

/**
 * Publishes every skill folder of a tree `DIR/<namespace>/<skill>/` to a fresh registry through the CLI, one account a namespace,
 * then searches for ten of them and adds ten. Prints a report in Markdown; fails when a search or an add fails.
 */
const SAMPLE = 10;

interface Issue {
  code: string;
  severity: string;
  path: string;
  line?: number;
  message: string;
}

interface PublishReport {
  published: { folder: string; name: string; action: string; warnings: Issue[] }[];
  failed: { item: string; error: { code: string; issues?: Issue[] } }[];
}

const { positionals } = parseArgs({ allowPositionals: true });
const [root] = positionals;
if (root === undefined) throw new Error("usage: npm run corpus -- DIR");

await using sandbox = await openSandbox();
const started = performance.now();
const reports: PublishReport[] = [];
for (const namespace of await foldersIn(root))
  reports.push(await publishNamespace(sandbox, path.resolve(root, namespace)));
const publishing = performance.now() - started;

const published = reports.flatMap((report) => report.published);
const failed = reports.flatMap((report) => report.failed);
const sample = published
  .filter((_skill, index) => index % Math.ceil(published.length / SAMPLE) === 0)
  .slice(0, SAMPLE);
const found = await countFound(
  sandbox,
  sample.map(({ name }) => name),
);
const added = await countAdded(
  sandbox,
  sample.map(({ name }) => name),
);

const bytes = await sizeOf(path.join(sandbox.dir, "registry", "blobs"));
print(`${published.length + failed.length} folders: ${published.length} accepted, ${failed.length} refused.`);
print(
  `${(publishing / 1000).toFixed(0)} s for all, ${(publishing / (published.length + failed.length)).toFixed(0)} ms each; ${(bytes / 1e6).toFixed(1)} MB of tarballs.`,
);
print(
  `Search found ${found} of ${sample.length} by their description within the first ten hits; ${added} of ${sample.length} were added.`,
);
print("\n## Refused\n\n| folder | code | where |\n|---|---|---|");
for (const { item, error } of failed) {
  const errors = (error.issues ?? []).filter((issue) => issue.severity === "error");
  const codes = errors.length === 0 ? [error.code] : [...new Set(errors.map((issue) => issue.code))];
  const places = [
    ...new Set(errors.map((issue) => `${issue.path}${issue.line === undefined ? "" : `:${issue.line}`}`)),
  ];
  print(`| ${item} | ${codes.join(", ")} | ${places.slice(0, 3).join(", ")} |`);
}
print("\n## Refused by code\n\n| code | folders |\n|---|---|");
for (const [code, count] of tally(
  failed.map(({ error }) =>
    (error.issues ?? []).filter(({ severity }) => severity === "error").map(({ code }) => code),
  ),
)) {
  print(`| ${code} | ${count} |`);
}
print("\n## Warnings by code\n\n| code | skills | findings |\n|---|---|---|");
const findings = published.flatMap(({ warnings }) => warnings.map(({ code }) => code));
for (const [code, count] of tally(published.map(({ warnings }) => warnings.map(({ code }) => code)))) {
  print(`| ${code} | ${count} | ${findings.filter((candidate) => candidate === code).length} |`);
}
process.exitCode = found === sample.length && added === sample.length ? 0 : 1;

async function publishNamespace(on: Sandbox, folder: string): Promise<PublishReport> {
  const namespace = path.basename(folder);
  // Some are called like makers of agents, whose names only operators give away.
  const made = await on.registry(["admin", "create-account", namespace, "--json"]);
  if (made.code !== 0) throw new Error(made.stderr);
  const { password }: { password: string } = JSON.parse(made.stdout);
  const login = await on.skills(["login", "--username", namespace], on.home, password);
  if (login.code !== 0) throw new Error(login.stderr);
  const folders = (await foldersIn(folder)).map((name) => path.join(folder, name));
  const done = await on.skills(["publish", ...folders, "--scope", `@${namespace}`, "--json"], on.home);
  const report: PublishReport = JSON.parse(done.stdout);
  return {
    ...report,
    failed: report.failed.map(({ item, error }) => ({
      item: path.join(namespace, path.basename(item)),
      error,
    })),
  };
}

/** Searches for the first words of each description, as somebody who remembers what the skill is for. */
async function countFound(on: Sandbox, names: string[]): Promise<number> {
  let count = 0;
  for (const name of names) {
    const info: { description?: string } = (await (
      await fetch(`${on.url}/${name.replace("/", "%2f")}`)
    ).json()) as { description?: string };
    const words = (info.description ?? "")
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length > 3)
      .slice(0, 6);
    const search = await on.skills(["search", ...words, "--limit", "10", "--json"], on.home);
    if (search.stdout.includes(`"${name}"`)) count += 1;
    else process.stderr.write(`not found: ${name} by ${words.join(" ")}\n`);
  }
  return count;
}

async function countAdded(on: Sandbox, names: string[]): Promise<number> {
  let count = 0;
  for (const [index, name] of names.entries()) {
    const { mkdir } = await import("node:fs/promises");
    const project = path.join(on.dir, `project-${index}`);
    await mkdir(project);
    const added = await on.skills(["add", name], project);
    if (added.code === 0) count += 1;
    else process.stderr.write(`not added: ${name}: ${added.stderr}\n`);
  }
  return count;
}

async function foldersIn(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

async function sizeOf(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => (await stat(path.join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** In how many of the lists each code occurs, most first. */
function tally(lists: string[][]): [string, number][] {
  const counts = new Map<string, number>();
  for (const list of lists) for (const code of new Set(list)) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1]);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
