import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";
import { atTerminal } from "../support/terminal.ts";
import { skillsIn } from "../support/tree.ts";

const MAIN = join(import.meta.dirname, "../../cli/src/main.ts");
const SOURCE = "https://git.example.com/acme/skills.git";

function entry(name: string): object {
  return { source: SOURCE, sourceType: "git", skillPath: `skills/${name}/SKILL.md`, computedHash: "0" };
}

describe("skills migrate", () => {
  let team: Team;

  beforeAll(async () => {
    team = await startTeam();
    const importedFrom = { repository: SOURCE, path: "skills/pdf" };
    const manifest = { name: "@acme/pdf", version: "1.2.0", license: "MIT", skill: { importedFrom } };
    const files = {
      "SKILL.md": skillText("pdf"),
      "notes.md": "One.\n",
      "package.json": JSON.stringify(manifest),
    };
    await publishSkill(team, { name: "pdf", version: "1.2.0", files });
    await publishSkill(team, { name: "memos", version: "1.0.0", files: { "SKILL.md": skillText("memos") } });
  });
  afterAll(() => team[Symbol.asyncDispose]());
  afterEach(async () => {
    for (const name of await readdir(team.project)) await rm(join(team.project, name), { recursive: true });
  });

  /** A project as the other tool leaves it: files of skills, and its lock. */
  async function leave(skills: Record<string, string>, lock: object): Promise<void> {
    const installed = Object.entries(skills).map(([path, text]) => [`.agents/skills/${path}`, text]);
    await team.write("project", {
      ...Object.fromEntries(installed),
      "skills-lock.json": JSON.stringify({ version: 1, skills: lock }),
    });
  }

  async function read(path: string): Promise<string> {
    return readFile(join(team.project, path), "utf8");
  }

  const PDF = { "pdf/SKILL.md": skillText("pdf"), "pdf/notes.md": "One.\n" };

  test("proposes the same skills from this registry, and says which are the same, different and missing", async () => {
    const files = {
      ...PDF,
      "memos/SKILL.md": skillText("memos", "Mine.\n"),
      "faxes/SKILL.md": skillText("faxes"),
    };
    await leave(files, { pdf: entry("pdf"), memos: entry("memos"), faxes: entry("faxes") });
    const before = await readdir(team.project);
    const { code, stdout } = await team.skills(["migrate", "--namespace", "@acme"]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "found in skills-lock.json:",
        `  faxes  missing here: skills import ${SOURCE} --select faxes --namespace @acme`,
        "  memos  @acme/memos@1.0.0, other files: SKILL.md; --force takes the folder over",
        "+ pdf    @acme/pdf@1.2.0, the same files",
        "",
        "nothing was changed; --yes adds what is marked with +",
        "",
      ].join("\n"),
    );
    expect(await readdir(team.project)).toEqual(before);
    expect(await team.json(["migrate"])).toMatchObject({
      files: ["skills-lock.json"],
      skills: [],
      proposals: [
        { name: "faxes", state: "missing", candidate: null },
        { name: "memos", state: "different", recommended: false, candidate: { differing: ["SKILL.md"] } },
        { name: "pdf", state: "same", recommended: true, candidate: { sameSource: true, named: false } },
      ],
    });
  });

  test("--yes takes over the folders that hold the very same files, and leaves the other tool's lock alone", async () => {
    await leave(
      { ...PDF, "memos/SKILL.md": skillText("memos", "Mine.\n") },
      { pdf: entry("pdf"), memos: entry("memos") },
    );
    const lock = await read("skills-lock.json");
    const { code, stdout } = await team.skills(["migrate", "--yes", "--namespace", "acme"]);
    expect(code).toBe(0);
    expect(stdout).toContain("\nadded @acme/pdf@1.2.0 → .agents/skills/pdf");
    expect(stdout).toContain("left as it was: skills-lock.json;");
    expect(JSON.parse(await read("skills.json"))).toMatchObject({ skills: { "@acme/pdf": "^1.2.0" } });
    expect(Object.keys(JSON.parse(await read("skills.lock")).packages)).toEqual(["@acme/pdf"]);
    expect(await read("skills-lock.json")).toBe(lock);
    expect(await read(".agents/skills/memos/SKILL.md")).toContain("Mine.");
    expect(await readdir(join(team.project, ".agents"))).not.toContain("backups");
    const again = await team.skills(["migrate", "--yes", "--namespace", "acme"]);
    expect(again.stdout).toContain("@acme/pdf is in skills.json already");
    expect(again.stdout).toMatch(/nothing was changed\n$/);
  });

  test("--yes takes the same files of a namespace that nobody named at their very version", async () => {
    await leave(PDF, { pdf: entry("pdf") });
    expect(await team.skills(["migrate", "--yes"])).toMatchObject({ code: 0 });
    expect(JSON.parse(await read("skills.json"))).toMatchObject({ skills: { "@acme/pdf": "1.2.0" } });
  });

  test("puts back what a killed migration has left aside, and nothing that a journal of others names", async () => {
    await leave({}, { pdf: entry("pdf") });
    const moved = [
      { folder: ".agents/skills", skill: "pdf", kept: "pdf" },
      { folder: ".git/hooks", skill: "pre-commit", kept: "evil" },
      { folder: ".agents/skills", skill: "src", kept: "../../../src" },
    ];
    await team.write("project", {
      // No process has this number: Linux gives none above 4,194,304.
      ".agents/backups/2026/moved.json": JSON.stringify({ process: 99_999_999, moved }),
      ".agents/backups/2026/pdf/notes.md": "Mine.\n",
      ".agents/backups/2026/evil/SKILL.md": "Evil.\n",
      ".git/hooks/post-commit": "",
      "src/a.md": "Source.\n",
    });
    expect((await team.skills(["migrate", "--dry-run"])).stderr).toBe("");
    const { stderr } = await team.skills(["migrate"]);
    expect(stderr).toBe(
      "put .agents/skills/pdf back, which a migration that was cut short had moved aside\n",
    );
    expect(await read(".agents/skills/pdf/notes.md")).toBe("Mine.\n");
    expect(await skillsIn(join(team.project, ".agents/skills"))).toEqual(["pdf"]);
    expect(await readdir(join(team.project, ".git/hooks"))).toEqual(["post-commit"]);
    expect(await readdir(join(team.project, ".agents/backups/2026"))).toEqual(["evil"]);
  });

  test("asks at a terminal, where Enter takes what is recommended", async () => {
    await leave(
      { "memos/SKILL.md": skillText("memos") },
      { memos: entry("memos"), faxes: entry("faxes"), pdf: entry("pdf") },
    );
    // Says which agent is meant, which would be the next question.
    await team.write("project", { ".claude/settings.json": "{}" });
    const command = `cd ${team.project}; stty cols 100; node --conditions=source ${MAIN} migrate`;
    expect(await atTerminal(command, team.home, [[/Which of them are to be added[^]*confirm/, ""]])).toBe(0);
    expect(JSON.parse(await read("skills.json"))).toMatchObject({ skills: { "@acme/memos": "^1.0.0" } });
  });

  test("--force takes over folders with other files, and keeps copies of them", async () => {
    await leave({ "memos/SKILL.md": skillText("memos", "Mine.\n") }, { memos: entry("memos") });
    const { code, stderr } = await team.skills(["migrate", "--yes", "--force", "--namespace", "acme"]);
    expect(code).toBe(0);
    const kept = /^what was there is kept in (.+)$/m.exec(stderr)?.[1] ?? "";
    expect(await read(join(kept, "SKILL.md"))).toBe(skillText("memos", "Mine.\n"));
    expect(await read(".agents/skills/memos/SKILL.md")).toBe(skillText("memos"));
  });

  test("puts every folder back when the install fails", async () => {
    await leave(
      { ...PDF, "memos/SKILL.md": skillText("memos") },
      { pdf: entry("pdf"), memos: entry("memos") },
    );
    // A file in the place of a link is nobody's to remove.
    await team.write("project", { ".claude/skills/pdf": "mine" });
    const { code, stderr } = await team.skills(["migrate", "--yes"]);
    expect(code).toBe(1);
    expect(stderr).toContain("error ESKILLCLASH: .claude/skills/pdf");
    expect(await read(".agents/skills/pdf/notes.md")).toBe("One.\n");
    expect(await read(".agents/skills/memos/SKILL.md")).toBe(skillText("memos"));
    expect(await readdir(join(team.project, ".agents"))).toEqual(["skills"]);
    expect(await readdir(team.project)).not.toContain("skills.json");
  });

  test("never takes a skill that only has the name, however well its publisher speaks of it", async () => {
    await leave({}, { pdf: entry("pdf"), memos: entry("memos") });
    await mkdir(join(team.project, ".agents"), { recursive: true });
    const { stdout } = await team.skills(["migrate", "--yes"]);
    expect(stdout).toContain(
      "  pdf    @acme/pdf@1.2.0, which says it is from the same repository; there is no folder to compare it with\n",
    );
    expect(stdout).toMatch(/nothing was changed\n$/);
  });

  test("reads a .clawhub folder, whose skills lie in skills/, and the list in package.json", async () => {
    await team.write("project", {
      ".clawhub/lock.json": JSON.stringify({
        version: 1,
        skills: { memos: { version: "3.0.0", installedAt: 1 } },
      }),
      "skills/memos/SKILL.md": skillText("memos"),
      "skills/memos/.clawhub/origin.json": "{}",
      "package.json": JSON.stringify({ skills: ["acme/all#v1", "npm:@acme/pdf"] }),
    });
    const { stdout } = await team.skills(["migrate", "--dry-run"]);
    expect(stdout).toContain(
      "found in .clawhub/lock.json, package.json:\n+ memos  @acme/memos@1.0.0, the same files\n",
    );
    // The package of that name came from another registry.
    expect(stdout).toContain("  pdf    @acme/pdf@1.2.0; there is no folder to compare it with\n");
    expect(stdout).toContain(
      "  a whole repository: skills import github:acme/all --ref v1 --namespace @you\n",
    );
  });

  test("reads the lock of the home with --global", async () => {
    await team.write("home", {
      ".agents/.skill-lock.json": JSON.stringify({ version: 3, skills: { memos: entry("memos") } }),
      ".agents/skills/memos/SKILL.md": skillText("memos"),
    });
    const { code, stdout } = await team.skills(["migrate", "--global", "--yes"]);
    expect(code).toBe(0);
    expect(stdout).toContain("added @acme/memos@1.0.0 → ~/.agents/skills/memos");
    expect(await readdir(join(team.home, ".agents"))).toContain("skills.json");
  });

  test("finds the lock of a home that keeps such files elsewhere", async () => {
    const state = await team.write("state", {
      "skills/.skill-lock.json": JSON.stringify({ version: 3, skills: { pdf: entry("pdf") } }),
    });
    const { stdout } = await team.skills(["migrate", "--global"], { env: { XDG_STATE_HOME: state } });
    expect(stdout).toContain(`${state}/skills/.skill-lock.json`);
    expect(stdout).toContain("  pdf    @acme/pdf@1.2.0");
  });

  test("shows no credentials that another tool has written down, and nothing that a shell would obey", async () => {
    const source = "https://me:hunter2@git.example.com/$(id)/x.git?token=hunter2";
    await leave({}, { gone: { source, sourceUrl: source, sourceType: "git", ref: "a'; rm -rf ~" } });
    for (const flags of [[], ["--json"]]) {
      const { stdout, stderr } = await team.skills(["migrate", ...flags]);
      expect(stdout + stderr).not.toContain("hunter2");
      expect(stdout).toContain("'https://git.example.com/$(id)/x.git' --ref 'a'");
    }
  });

  test("says of an empty lock that it lists nothing", async () => {
    await leave({}, {});
    expect(await team.skills(["migrate"])).toMatchObject({
      code: 0,
      stdout: "no skills in skills-lock.json\n\nnothing was changed\n",
    });
  });

  test.each([
    ["no file of another tool", undefined, "error ENOTFOUND: there is nothing to migrate in"],
    [
      "a truncated lock",
      '{"version":1,"skills":{"pdf"',
      "error ESKILLLOCK: skills-lock.json cannot be read: it is not JSON",
    ],
    [
      "a lock of more skills than anybody has",
      JSON.stringify({
        version: 1,
        skills: Object.fromEntries(Array.from({ length: 2_001 }, (_, n) => [`s${n}`, {}])),
      }),
      "lists 2001 skills, the limit is 2000",
    ],
    ["a lock of the future", '{"version":9,"skills":{}}', "it has format 9, and formats up to 1 are known"],
  ])("refuses %s, and says what to do next", async (_name, lock, message) => {
    if (lock !== undefined) await writeFile(join(team.project, "skills-lock.json"), lock);
    const { code, stderr } = await team.skills(["migrate", "--yes"]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain("\nhint: ");
    expect(await readdir(team.project)).toEqual(lock === undefined ? [] : ["skills-lock.json"]);
  });
});
