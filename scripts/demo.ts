import { cp, mkdir, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs, styleText } from "node:util";
import { openSandbox, type Outcome, type Store } from "./support/sandbox.ts";

/**
 * Shows a skill travel from an author to an agent, on a registry of its own. `--keep` leaves the registry running, `--store postgres`
 * keeps everything in PostgreSQL and S3.
 */
const { values: options } = parseArgs({
  options: { keep: { type: "boolean", default: false }, store: { type: "string", default: "embedded" } },
});
const store = storeOf(options.store);
const EXAMPLES = path.resolve(import.meta.dirname, "../examples");

await using sandbox = await openSandbox(store);
const author = path.join(sandbox.dir, "author");
const project = path.join(sandbox.dir, "project");
await cp(EXAMPLES, author, { recursive: true });
await mkdir(path.join(project, ".claude"), { recursive: true });

const where = store === "embedded" ? "" : ", with its data in PostgreSQL and S3";
say(`A registry is running on ${sandbox.url}/${where}`);

await chapter("An author takes the namespace @acme", "skills login --username acme", async () => {
  return await sandbox.skills(["login", "--username", "acme"], author);
});
await chapter("and publishes a skill with the npm they have", "npm publish", async () => {
  return await sandbox.npm(["publish", "--loglevel=error"], path.join(author, "legal-documents"));
});
await chapter(
  "Two more have no package.json; the skills command makes one",
  "skills publish data-table release-notes --scope @acme",
  async () => await sandbox.skills(["publish", "data-table", "release-notes", "--scope", "@acme"], author),
);
await chapter("The first one gets better: an update", "skills publish --bump minor", async () => {
  await improve(path.join(author, "legal-documents"));
  return await sandbox.skills(["publish", "--bump", "minor"], path.join(author, "legal-documents"));
});
await chapter(
  "A bad skill is refused, with everything that is wrong at once",
  "npm publish",
  async () => {
    return await sandbox.npm(["publish", "--loglevel=error"], await badSkill(author));
  },
  1,
);
await chapter("Somebody looks for a skill", "skills search contract", async () => {
  return await sandbox.skills(["search", "contract"], project);
});
await chapter("and adds it to their agent", "skills add @acme/legal-documents", async () => {
  return await sandbox.skills(["add", "@acme/legal-documents"], project);
});
await chapter("This is what their project looks like now", "find .", async () => await tree(project));

if (options.keep) {
  const pid = sandbox.keep();
  say(`The registry stays on ${sandbox.url}/ until you stop it: kill ${pid}`);
  print(`Its data is in ${sandbox.dir}; the password of acme is "correct horse battery".`);
  process.exit(0);
}
say("The registry is stopped and its folder removed.");

function storeOf(text: string): Store {
  if (text !== "embedded" && text !== "postgres") {
    throw new Error(`--store ${text}: there are embedded and postgres`);
  }
  if (text === "postgres" && options.keep) {
    throw new Error(
      "--keep works with the embedded store: the servers behind the other one end with this process",
    );
  }
  return text;
}

async function chapter(
  title: string,
  command: string,
  tell: () => Promise<Outcome>,
  expected = 0,
): Promise<void> {
  say(title);
  print(styleText("dim", `  $ ${command}`));
  const outcome = await tell();
  print(outcome.output.trimEnd().replace(/^/gm, "    "));
  if (outcome.code !== expected) throw new Error(`"${command}" ended with ${outcome.code}`);
}

async function improve(skill: string): Promise<void> {
  const file = path.join(skill, "SKILL.md");
  const text = await readFile(file, "utf8");
  const advice = "- Do not translate a contract without keeping the original beside it.\n";
  await writeFile(file, text + advice);
}

async function badSkill(folder: string): Promise<string> {
  const skill = path.join(folder, "bad-skill");
  await mkdir(skill);
  await writeFile(path.join(skill, ".env"), "DEBUG=1\n");
  await writeFile(path.join(skill, "SKILL.md"), "---\nname: Bad Skill\ndescription: \n---\nDo something.\n");
  const manifest = { name: "@acme/bad-skill", version: "1.0.0", scripts: { postinstall: "node steal.js" } };
  await writeFile(path.join(skill, "package.json"), JSON.stringify(manifest));
  return skill;
}

/** Files and links below a folder, as `find` prints them. */
async function tree(folder: string): Promise<Outcome> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const lines = await Promise.all(
    entries.map(async (entry) => {
      const full = path.join(entry.parentPath, entry.name);
      const link = entry.isSymbolicLink() ? ` -> ${await readlink(full)}` : "";
      return `${path.relative(folder, full)}${entry.isDirectory() ? "/" : ""}${link}`;
    }),
  );
  const output = lines.toSorted().join("\n");
  return { code: 0, stdout: output, stderr: "", output };
}

function say(text: string): void {
  print(`\n${styleText("bold", text)}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
