import { describe, expect, it } from "vitest";
import { skillFacts } from "./skill-facts.ts";

const skill = { name: "letters", description: "Writes letters." };

describe("the facts of a stored manifest", () => {
  it("are package.json's, and the frontmatter's where that is silent", () => {
    const front = {
      ...skill,
      license: "MIT",
      compatibility: "Needs git.",
      metadata: { author: "Ann", tags: "law, Law, a" },
    };
    expect(skillFacts({ skill: front })).toMatchObject({
      description: "Writes letters.",
      license: "MIT",
      keywords: ["law", "Law", "a"],
      authors: ["Ann"],
      compatibility: "Needs git.",
    });
    expect(
      skillFacts({
        description: "Letters.",
        license: "ISC",
        keywords: ["mail", "law"],
        author: { name: "Bob" },
        contributors: [{ name: "Cy" }, { email: "no@name.example" }],
        skill: front,
      }),
    ).toMatchObject({
      description: "Letters.",
      license: "ISC",
      keywords: ["mail", "law", "Law", "a"],
      authors: ["Bob", "Cy", "Ann"],
    });
  });

  it("have a description on one line, and no keyword that every skill has", () => {
    const description = "Writes letters.\n  And memos.\n";
    expect(skillFacts({ skill, description, keywords: ["agent-skill", "mail"] })).toMatchObject({
      description: "Writes letters. And memos.",
      keywords: ["mail"],
    });
  });

  it("have lists of tags, which the specification does not know", () => {
    expect(skillFacts({ skill: { ...skill, tags: ["a", 7, "b,c"], keywords: "d; e" } }).keywords).toEqual([
      "a",
      "b",
      "c",
      "d",
      "e",
    ]);
  });

  it("are those of all skills of a pack, without the settings of the publish", () => {
    const memos = {
      name: "memos",
      description: "Writes memos.",
      path: "skills/memos",
      compatibility: "Needs pandoc.",
    };
    const facts = skillFacts({ skill: { allow: [] }, skills: [{ ...skill, path: "skills/letters" }, memos] });
    expect(facts.skills).toEqual([
      { path: "skills/letters", ...skill, manifest: skill },
      expect.objectContaining({ path: "skills/memos", name: "memos" }),
    ]);
    expect(facts.compatibility).toBe("Needs pandoc.");
    const single = skillFacts({ skill: { ...skill, allow: [{ path: "a", code: "content.token" }] } });
    expect(single.skills[0]?.manifest).not.toHaveProperty("allow");
  });

  it("say where the files come from, for a single skill and for a pack", () => {
    const stated = {
      importedFrom: { repository: "github:acme/skills", commit: "0a1b2c3", path: "skills/letters" },
      forkedFrom: { name: "@acme/letters", version: "1.0.0" },
    };
    const source = {
      ...stated.importedFrom,
      link: "https://github.com/acme/skills/tree/0a1b2c3/skills/letters",
    };
    for (const manifest of [
      { skill: { ...skill, ...stated } },
      { skill: stated, skills: [{ ...skill, path: "skills/letters" }] },
    ]) {
      const facts = skillFacts(manifest);
      expect(facts).toMatchObject({ importedFrom: source, forkedFrom: stated.forkedFrom });
      expect(facts.skills[0]?.manifest).toEqual(expect.not.objectContaining(stated));
      expect(facts.contribute).toBe("https://github.com/acme/skills/tree/HEAD/skills/letters");
    }
  });

  it("take no word of the frontmatter of a pack's skills for where the pack comes from", () => {
    const forkedFrom = { name: "@acme/letters", version: "1.0.0" };
    const facts = skillFacts({ skills: [{ ...skill, forkedFrom, path: "skills/letters" }] });
    expect(facts.forkedFrom).toBeNull();
    expect(facts.skills[0]?.manifest).toHaveProperty("forkedFrom", forkedFrom);
  });

  it("send changes to the repository, or else to where bugs are reported", () => {
    const bugs = { url: "https://example.com/bugs" };
    expect(skillFacts({ bugs }).contribute).toBe("https://example.com/bugs");
    expect(skillFacts({ bugs, repository: { url: "acme/skills" } }).contribute).toBe(
      "https://github.com/acme/skills",
    );
  });

  it("have every kind of dependency, the strictest last", () => {
    const range = (version: string) => ({ "@acme/a": version });
    expect(skillFacts({ peerDependencies: range("1"), dependencies: range("2") }).dependencies).toEqual(
      range("2"),
    );
    expect(skillFacts({ optionalDependencies: range("3") }).dependencies).toEqual(range("3"));
  });

  it("are empty where an earlier release wrote something else", () => {
    expect(
      skillFacts({ description: 7, keywords: "x", author: [], dependencies: [], skill: "?", skills: {} }),
    ).toEqual({
      description: "",
      keywords: [],
      license: null,
      authors: [],
      compatibility: null,
      repository: null,
      homepage: null,
      bugs: null,
      contribute: null,
      importedFrom: null,
      forkedFrom: null,
      skills: [],
      dependencies: {},
    });
  });
});
