import { describe, expect, it } from "vitest";
import { parseClawhubLock, parsePackageSkills, parseSkillsLock } from "./old-locks.ts";

function lock(skills: unknown, version = 1): string {
  return JSON.stringify({ version, skills });
}

function sourceOf(entry: object): unknown {
  return parseSkillsLock("skills-lock.json", lock({ pdf: entry }), 1).skills[0]?.source;
}

describe("a lock of the skills package", () => {
  it("names the skills, with repository, ref and folder of each", () => {
    const skills = {
      pdf: {
        source: "acme/skills",
        sourceType: "github",
        ref: "v2",
        skillPath: "skills/pdf/SKILL.md",
        computedHash: "0",
      },
      "My Skill": { source: "https://git.example.com/x.git", sourceType: "git", skillPath: "SKILL.md" },
      letters: { source: "@acme/letters", sourceType: "node_modules", version: "1.0.0" },
      odd: { source: 7 },
    };
    expect(parseSkillsLock("skills-lock.json", lock(skills), 1).skills).toEqual([
      {
        name: "pdf",
        package: undefined,
        source: { address: "github:acme/skills", ref: "v2", path: "skills/pdf" },
      },
      {
        name: "my-skill",
        package: undefined,
        source: { address: "https://git.example.com/x.git", ref: undefined, path: "" },
      },
      { name: "letters", package: "@acme/letters", source: undefined },
      { name: "odd", package: undefined, source: undefined },
    ]);
  });

  it.each([
    [{ source: "https://me:hunter2@git.example.com/x.git" }, "https://git.example.com/x.git"],
    [{ source: "https://hunter2@git.example.com/x" }, "https://git.example.com/x"],
    [{ sourceUrl: "https://example.com/x.zip?token=hunter2#hunter2" }, "https://example.com/x.zip"],
    [{ source: "ssh://git:hunter2@git.example.com/x.git" }, "ssh://git@git.example.com/x.git"],
    [{ source: "git@github.com:acme/x.git" }, "https://github.com/acme/x.git"],
    [{ source: "gitlab.com/x", sourceType: "gitlab" }, "gitlab:gitlab.com/x"],
  ])("gives the source of %j without what is secret in it", (entry, address) => {
    expect(sourceOf(entry)).toMatchObject({ address });
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a merge conflict", "<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n"],
    ["a list", "[]"],
    ["no version", '{"skills":{}}'],
    ["a list of skills", lock([])],
    ["an entry that is none", lock({ pdf: "x" })],
    ["a name that is none", lock({ "../..": {} })],
  ])("is refused when it holds %s", (_name, content) => {
    expect(() => parseSkillsLock("skills-lock.json", content, 1)).toThrow(
      /^skills-lock\.json cannot be read: /,
    );
  });

  it("is refused in a format of the future, and taken in those of the past", () => {
    expect(() => parseSkillsLock("x", lock({}, 4), 3)).toThrow(
      "it has format 4, and formats up to 3 are known",
    );
    expect(parseSkillsLock("x", lock({ pdf: {} }, 2), 3).skills).toHaveLength(1);
  });
});

describe("other files of other tools", () => {
  it("are locks of ClawHub, with and without the owners of its skills", () => {
    const content = lock({
      pdf: { version: "1.0.0", installedAt: 1 },
      "@ann/memos": { version: null, installedAt: 1 },
    });
    expect(parseClawhubLock(".clawhub/lock.json", content).skills.map(({ name }) => name)).toEqual([
      "pdf",
      "memos",
    ]);
    expect(() => parseClawhubLock(".clawhub/lock.json", lock({}, 2))).toThrow("format 2");
  });

  it("are the array under skills of a package.json", () => {
    const content = JSON.stringify({
      skills: [
        "acme/skills@pdf#v2",
        "acme/more",
        "npm:@acme/letters@^1",
        { source: "acme/skills", skills: ["memos", "faxes"], ref: "main" },
        { source: "https://me:hunter2@git.example.com/all.git" },
        7,
      ],
    });
    const source = { address: "github:acme/skills", path: undefined };
    expect(parsePackageSkills(content)).toEqual({
      skills: [
        { name: "pdf", package: undefined, source: { ...source, ref: "v2" } },
        { name: "letters", package: "@acme/letters", source: undefined },
        { name: "memos", package: undefined, source: { ...source, ref: "main" } },
        { name: "faxes", package: undefined, source: { ...source, ref: "main" } },
      ],
      repositories: [
        { address: "github:acme/more", ref: undefined, path: undefined },
        { address: "https://git.example.com/all.git", ref: undefined, path: undefined },
      ],
    });
  });

  it("are no package.json without such an array: an object there is our own project file", () => {
    for (const content of ["{", "[]", "{}", '{"skills":{"@acme/x":"^1.0.0"}}'])
      expect(parsePackageSkills(content)).toBeUndefined();
  });
});
