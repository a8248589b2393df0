import { spawn } from "node:child_process";
import { appendFile, cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { openSandbox, type Sandbox } from "./support/sandbox.ts";

/**
 * Lays a tree of skills out as a git repository and imports it three times: as it is, after a commit that changes, adds, moves
 * and removes some skills, and after one that touches no skill. Prints figures in Markdown; fails when a run publishes anything
 * but what has changed.
 */
const NAMESPACE = "imported";
/** Skills that the second commit changes, moves and removes, each. */
const EACH = 5;

type State = "new" | "update" | "unchanged" | "invalid" | "refused";

interface Row {
  path: string;
  name: string;
  state: State;
  version: string | null;
  previous: string | null;
  published: boolean;
}

interface Run {
  seconds: number;
  rows: Row[];
}

const { positionals } = parseArgs({ allowPositionals: true });
const [corpus] = positionals;
if (corpus === undefined) throw new Error("usage: npm run corpus-import -- DIR");

await using sandbox = await openSandbox();
const repository = path.join(sandbox.dir, "upstream");
await cp(corpus, repository, { recursive: true });
await git(["init", "--quiet", "--initial-branch=main"]);
await commit("Skills as they are");
await login(sandbox);

print("| import | seconds | new | updated | unchanged | invalid | refused |\n|---|---|---|---|---|---|---|");
const first = await importAll("first");
const valid = first.rows.filter(({ state }) => state === "new");
const changes = await change(valid.map((row) => row.path));
await commit("Some skills change");
const second = await importAll("after some changes");
await writeFile(path.join(repository, "README.md"), "Not a skill.\n");
await commit("No skill changes");
const third = await importAll("after a commit without changes");

const problems = [
  ...expected("the first import publishes every skill that is valid", first, {
    new: valid.map((row) => row.path),
    update: [],
  }),
  ...expected("the second import publishes the changes", second, {
    new: [changes.added],
    update: [...changes.edited, ...changes.moved],
  }),
  ...expected("the third import publishes nothing", third, { new: [], update: [] }),
];
const known = new Set(second.rows.map((row) => row.path));
const there = await countSkills(corpus);
if (first.rows.length !== there)
  problems.push(`the first import found ${first.rows.length} of ${there} skills`);
if (changes.removed.some((folder) => known.has(folder))) problems.push("a removed skill is still found");
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** What is wrong with a run, if it published others than these. */
function expected(title: string, run: Run, wanted: Record<"new" | "update", string[]>): string[] {
  return (["new", "update"] as const).flatMap((state) => {
    const found = run.rows.filter((row) => row.state === state && row.published).map((row) => row.path);
    const same = found.toSorted().join("\n") === wanted[state].toSorted().join("\n");
    return same ? [] : [`${title}: ${state} is ${found.join(", ")}, and not ${wanted[state].join(", ")}`];
  });
}

/** Changes, moves and removes skills that no other one is nested in, and adds one. Folders as the second import finds them. */
async function change(
  folders: string[],
): Promise<Record<"edited" | "moved" | "removed", string[]> & { added: string }> {
  const alone = folders.filter(
    (folder) => !folders.some((other) => isBelow(other, folder) || isBelow(folder, other)),
  );
  const edited = alone.slice(0, EACH);
  const movable = alone.slice(EACH, 2 * EACH);
  const removed = alone.slice(2 * EACH, 3 * EACH);
  for (const folder of edited)
    await appendFile(path.join(repository, folder, "SKILL.md"), "\nOne more line.\n");
  const moved = movable.map((folder) => `moved/${path.basename(folder)}`);
  await mkdir(path.join(repository, "moved"));
  for (const [index, folder] of movable.entries())
    await rename(path.join(repository, folder), path.join(repository, moved[index] ?? ""));
  for (const folder of removed) await rm(path.join(repository, folder), { recursive: true });
  const added = "moved/one-more-skill";
  await mkdir(path.join(repository, added));
  const text =
    "---\nname: one-more-skill\ndescription: Use this to see what an import adds.\n---\n\nAdded.\n";
  await writeFile(path.join(repository, added, "SKILL.md"), text);
  return { edited, moved, removed, added };
}

async function countSkills(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => path.basename(file) === "SKILL.md").length;
}

function isBelow(folder: string, other: string): boolean {
  return folder.startsWith(`${other}/`);
}

async function importAll(title: string): Promise<Run> {
  const started = performance.now();
  const args = ["import", `file://${repository}`, "--namespace", NAMESPACE, "--json"];
  const done = await sandbox.skills(args, sandbox.home);
  const seconds = (performance.now() - started) / 1000;
  const { skills: rows, error }: { skills?: Row[]; error?: { message: string } } = JSON.parse(done.stdout);
  if (rows === undefined) throw new Error(error?.message ?? done.stderr);
  const count = (state: State): number => rows.filter((row) => row.state === state).length;
  const counts = (["new", "update", "unchanged", "invalid", "refused"] as const).map(count);
  print(`| ${title} | ${seconds.toFixed(1)} | ${counts.join(" | ")} |`);
  return { seconds, rows };
}

async function login(on: Sandbox): Promise<void> {
  const made = await on.registry(["admin", "create-account", NAMESPACE, "--json"]);
  if (made.code !== 0) throw new Error(made.stderr);
  const { password }: { password: string } = JSON.parse(made.stdout);
  const done = await on.skills(["login", "--username", NAMESPACE], on.home, password);
  if (done.code !== 0) throw new Error(done.stderr);
}

async function commit(message: string): Promise<void> {
  const who = ["-c", "user.name=Upstream", "-c", "user.email=upstream@example.com"];
  await git(["add", "--all", "--force"]);
  await git([...who, "-c", "commit.gpgSign=false", "commit", "--quiet", "--no-verify", "-m", message]);
}

async function git(args: string[]): Promise<void> {
  const child = spawn("git", args, { cwd: repository, stdio: ["ignore", "ignore", "inherit"] });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`git ${args.join(" ")} ended with ${String(code)}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
