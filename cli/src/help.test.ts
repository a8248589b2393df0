import { describe, expect, test } from "vitest";
import { COMMANDS, loadCommands, withoutAlias } from "./commands/index.ts";
import { commandHelp, overviewHelp } from "./help.ts";
import { commandReferenceMarkdown } from "./reference.ts";

const commands = await loadCommands();

test("the overview names every command with its summary", () => {
  const text = overviewHelp();
  for (const [name, { summary }] of Object.entries(COMMANDS)) {
    expect(text).toMatch(
      new RegExp(`^ {2}${name} +${summary.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`, "m"),
    );
  }
});

describe.each(Object.entries(commands))("%s", (name, command) => {
  test("explains each of its options and the common ones", () => {
    const text = commandHelp(name, command);
    for (const option of [...Object.keys(command.options), "registry", "json", "help"])
      expect(text).toContain(`--${option}`);
  });

  test("has examples that parse", () => {
    expect(command.examples.length).toBeGreaterThan(0);
    for (const example of command.examples) {
      const [skills, ...words] = example.split(/ [<>|] /)[0]?.split(" ") ?? [];
      const [shown, ...argv] = withoutAlias(words);
      expect([skills, shown]).toEqual(["skills", name]);
      expect(command.parse(argv).help).toBe(false);
    }
  });
});

test("the reference has a section per command, and each option once in it", () => {
  const sections = commandReferenceMarkdown().split("\n## skills ").slice(1);
  expect(sections.map((section) => section.split("\n")[0])).toEqual(Object.keys(COMMANDS));
  expect(
    sections.find((section) => section.startsWith("add"))?.match(/`-a, --agent <agent>…`/g),
  ).toHaveLength(1);
});

test("help looks like this", () => {
  const { whoami } = commands;
  if (whoami === undefined) throw new Error("there is no whoami");
  expect(commandHelp("whoami", whoami)).toMatchInlineSnapshot(`
    "Usage: skills whoami [options]

    Prints the name of the account that your token for the registry belongs to.

    Options:
      --scope <namespace>  Ask the registry that .npmrc names for this namespace

    Common options:
      --registry <url>  Registry to talk to, above SKILLS_REGISTRY and .npmrc
      --offline         Use what is in the cache, and no network
      --prefer-offline  Ask the registry only for what is not in the cache
      --json            Print exactly one JSON document on stdout
      -h, --help        Show this help

    Examples:
      skills whoami"
  `);
});
