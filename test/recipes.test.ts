import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { isCommandName, loadCommand } from "../cli/src/commands/index.ts";
import { parseYaml } from "../schema/src/yaml.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const PAGES = ["docs/importing.md", "docs/trusted-publishing.md"];

/** What people copy into their CI: the blocks of YAML of a page. */
async function recipesOf(page: string): Promise<string[]> {
  const text = await readFile(path.join(ROOT, page), "utf8");
  return [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, recipe = ""]) => recipe);
}

/** Command lines of `skills` anywhere in a text: of a job, or in a block of shell. */
function commandLines(text: string): string[][] {
  const lines = text.split("\n").flatMap((line) => line.split(/&&|#|;/));
  return lines.flatMap((line) => {
    const [, command] =
      /(?:^|[\s`])(?:npx @skills-registry\/cli|skills) ((?:[a-z]+)(?: [^`]*)?)$/.exec(line.trimEnd()) ?? [];
    return command === undefined ? [] : [command.trim().split(/\s+/)];
  });
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

async function check([name = "", ...args]: string[]): Promise<void> {
  if (!isCommandName(name)) throw new Error(`there is no command ${name}`);
  (await loadCommand(name)).parse(args);
}

describe.each(PAGES)("the recipes of %s", (page) => {
  it("are YAML", async () => {
    const recipes = await recipesOf(page);
    expect(recipes.length).toBeGreaterThan(0);
    for (const recipe of recipes) expect(parseYaml(recipe)).toMatchObject({ data: {}, problems: [] });
  });

  it("call commands with options that there are", async () => {
    const recipes = await recipesOf(page);
    const scripts = recipes.flatMap((recipe) => textsIn(parseYaml(recipe).data));
    const lines = scripts.flatMap(commandLines);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) await expect(check(line)).resolves.toBeUndefined();
  });
});

it("the commands in README.md and docs/importing.md exist, with their options", async () => {
  const texts = await Promise.all(
    ["README.md", "docs/importing.md"].map((page) => readFile(path.join(ROOT, page), "utf8")),
  );
  const blocks = texts.flatMap((text) =>
    [...text.matchAll(/^ {4}(skills .*)$/gm)].map(([, line = ""]) => line),
  );
  const lines = blocks.flatMap((line) => commandLines(line.replace(/\s+#.*$/, "")));
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) await expect(check(line)).resolves.toBeUndefined();
});
