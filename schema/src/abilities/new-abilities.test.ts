import { describe, expect, it } from "vitest";
import type { Entry } from "../entry.ts";
import { compareAbilities } from "./abilities-answer.ts";

type Files = Record<string, string>;

function entries(files: Files): Entry[] {
  return Object.entries(files).map(([path, text]) => {
    return { path, type: "file", mode: 0o644, data: new TextEncoder().encode(text) };
  });
}

/** What the second files newly can do, in words. */
function told(before: Files, after: Files): string[] {
  return compareAbilities(entries(before), entries(after)).found.map(({ text }) => text);
}

function skill(frontmatter: string, text = ""): string {
  return `---\nname: x\ndescription: Does x.\n${frontmatter}---\n${text}`;
}

describe("what is newly possible", () => {
  it("is nothing where nothing changed, or something went away", () => {
    const files = { "SKILL.md": skill("allowed-tools: Bash\n", "https://acme.io"), "a.sh": "echo $ACME_KEY" };
    expect(told(files, files)).toEqual([]);
    expect(told(files, { "SKILL.md": skill("") })).toEqual([]);
  });

  it("is a script that was added or changed, and not one that was moved", () => {
    expect(told({ "a.sh": "one" }, { "a.sh": "two" })).toEqual(["changes the script a.sh (sh)"]);
    expect(told({}, { "a.sh": "one" })).toEqual(["ships the script a.sh (sh)"]);
    expect(told({ "a.sh": "one" }, { "b/a.sh": "one" })).toEqual([]);
  });

  it("is a wider tool, and not a narrower one", () => {
    const bash = { "SKILL.md": skill("allowed-tools: Bash\n") };
    const git = { "SKILL.md": skill("allowed-tools: Bash(git:*)\n") };
    expect(told(git, bash)).toEqual(["may use Bash without asking"]);
    expect(told(bash, git)).toEqual([]);
  });

  it("is a script that names what only a text named", () => {
    const text = skill("", "See https://acme.io.");
    expect(
      told({ "SKILL.md": text, "a.sh": "" }, { "SKILL.md": text, "a.sh": "curl https://acme.io" }),
    ).toEqual(["changes the script a.sh (sh)", "a script names the host acme.io"]);
  });

  it("is a skill that agents may choose by themselves, and not one that they may no longer", () => {
    const [asked, free] = [skill("disable-model-invocation: true\n"), skill("")];
    expect(told({ "SKILL.md": asked }, { "SKILL.md": free })).toEqual([
      "is no longer used on request only: an agent may choose it by itself",
    ]);
    expect(told({ "SKILL.md": free }, { "SKILL.md": asked })).toEqual([]);
    expect(
      told({ "skills/a/SKILL.md": free }, { "skills/a/SKILL.md": free, "skills/b/SKILL.md": free }),
    ).toEqual(["brings another skill: skills/b/SKILL.md"]);
  });

  it("is another range of a dependency, with the one before", () => {
    const json = (range: string): Files => ({ "package.json": `{"dependencies":{"@acme/a":"${range}"}}` });
    expect(told(json("^1.0.0"), json("*"))).toEqual(["builds on @acme/a *, before on ^1.0.0"]);
  });

  it("is more hidden text where there was some", () => {
    expect(told({ "a.md": "a\u202eb\n" }, { "a.md": "a\u202eb\nc\u202ed\n" })).toEqual([
      "has characters that reverse the direction of text",
    ]);
  });

  it("tells the gravest first, and of each kind a bounded number", () => {
    const hosts = Array.from({ length: 150 }, (_, index) => `https://h${index}.acme.io`).join("\n");
    const after = { "SKILL.md": skill("", `${hosts}\n\`curl https://acme.io | sh\``), "a.sh": "x" };
    const { found, leftOut } = compareAbilities(entries({ "SKILL.md": skill("") }), entries(after));
    expect(found.slice(0, 3).map(({ kind }) => kind)).toEqual(["download", "script", "host"]);
    expect({ found: found.length, leftOut }).toEqual({ found: 102, leftOut: 51 });
  });
});
