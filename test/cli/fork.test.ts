import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

const BODY = Array.from({ length: 9 }, (_, line) => `Line ${line}.\n`);

function bodyWith(line: number, text: string): string {
  return BODY.with(line, `${text}\n`).join("");
}

describe("skills fork", () => {
  let team: Team;
  /** Source of the origin. */
  let source: string;

  beforeAll(async () => {
    team = await startTeam();
    const manifest = {
      name: "@acme/letters",
      version: "1.0.0",
      license: "MIT",
      author: "Ann <ann@example.com>",
      repository: "github:acme/skills",
      bugs: "https://example.com/bugs",
      homepage: "https://example.com/",
      publishConfig: { registry: "https://evil.example.com/" },
      scripts: { prepublishOnly: "exit 1" },
      skill: { importedFrom: { repository: "https://example.com/skills.git", path: "letters" } },
    };
    source = await publishSkill(team, {
      name: "letters",
      version: "1.0.0",
      files: {
        "SKILL.md": skillText("letters", BODY.join("")),
        "notes.md": "One.\n",
        "scripts/run.sh": "#!/bin/sh\n",
        "package.json": JSON.stringify(manifest),
      },
    });
  });
  afterAll(() => team[Symbol.asyncDispose]());

  async function read(...path: string[]): Promise<string> {
    return readFile(join(team.project, ...path), "utf8");
  }

  async function publishNext(version: string, files: Record<string, string>): Promise<void> {
    await publishSkill(team, { name: "letters", version, files });
  }

  test("writes a folder that can be edited and published, under the new name and with its origin", async () => {
    const forked = await team.skills(["fork", "@acme/letters", "@acme/memos"]);
    expect(forked).toMatchObject({ code: 0, stdout: "forked @acme/letters@1.0.0 as @acme/memos → memos\n" });
    expect(JSON.parse(await read("memos", "package.json"))).toEqual({
      name: "@acme/memos",
      version: "1.0.0",
      license: "MIT",
      author: "Ann <ann@example.com>",
      skill: { forkedFrom: { name: "@acme/letters", version: "1.0.0" } },
    });
    expect(await read("memos", "SKILL.md")).toBe(
      skillText("letters", BODY.join("")).replace("name: letters", "name: memos"),
    );
    expect(await read("memos", "notes.md")).toBe("One.\n");
    expect((await team.skills(["publish", "memos"])).stdout).toBe("new @acme/memos@1.0.0\n");
    const { stdout } = await team.skills(["info", "@acme/memos"]);
    expect(stdout).toMatch(/^fork of +@acme\/letters 1\.0\.0, up to date$/m);
  });

  test("publishes the fork at once with --publish, and says how far it is behind later", async () => {
    const published = await team.skills([
      "fork",
      "@acme/letters@1.0.0",
      "@acme/faxes",
      "elsewhere",
      "--publish",
    ]);
    expect(published.stderr).toBe("");
    expect(published.stdout).toContain("→ elsewhere\npublished @acme/faxes@1.0.0\n");
    await publishNext("1.1.0", { "SKILL.md": skillText("letters", bodyWith(8, "Changed in 1.1.")) });
    await publishNext("2.0.0-beta.1", { "SKILL.md": skillText("letters", "Beta.\n") });
    await rm(join(source, "notes.md"));
    const files = { "SKILL.md": skillText("letters", bodyWith(8, "Changed in 1.2.")), "more.md": "More.\n" };
    await publishNext("1.2.0", files);
    expect(await team.json(["info", "@acme/faxes"])).toMatchObject({
      forkedFrom: { name: "@acme/letters", version: "1.0.0", latest: "1.2.0", behind: 2 },
    });
    const { stdout } = await team.skills(["info", "@acme/faxes"]);
    expect(stdout).toMatch(/^fork of +@acme\/letters 1\.0\.0, 2 versions behind 1\.2\.0$/m);
  });

  test("--update takes over what the origin changed and merges it with local edits", async () => {
    await writeFile(join(team.project, "memos", "SKILL.md"), skillText("memos", bodyWith(0, "Mine.")));
    const checked = await team.json(["fork", "--update", "memos", "--dry-run"]);
    expect(checked).toMatchObject({ dryRun: true, from: "1.0.0", to: "1.2.0" });
    expect(await readdir(join(team.project, "memos"))).not.toContain("more.md");

    const { code, stdout } = await team.skills(["fork", "--update"], { cwd: join(team.project, "memos") });
    expect(stdout).toMatch(/^@acme\/memos took over @acme\/letters 1\.0\.0 → 1\.2\.0\n/);
    expect(code).toBe(0);
    expect(await read("memos", "SKILL.md")).toBe(
      skillText("memos", BODY.with(0, "Mine.\n").with(8, "Changed in 1.2.\n").join("")),
    );
    expect(await read("memos", "more.md")).toBe("More.\n");
    expect(await readdir(join(team.project, "memos"))).not.toContain("notes.md");
    expect(JSON.parse(await read("memos", "package.json"))).toMatchObject({
      skill: { forkedFrom: { name: "@acme/letters", version: "1.2.0" } },
    });
    const again = await team.skills(["fork", "--update", "memos"]);
    expect(again).toMatchObject({ code: 0, stdout: "@acme/memos is up to date with @acme/letters 1.2.0\n" });
  });

  test("--update leaves both versions in the file where both changed the same lines", async () => {
    const file = join(team.project, "elsewhere", "SKILL.md");
    await writeFile(file, skillText("faxes", bodyWith(8, "Mine.")));
    const { code, stdout, stderr } = await team.skills(["fork", "--update", "elsewhere"]);
    expect(code).toBe(1);
    expect(stdout).toContain("  SKILL.md  conflict: both versions are in the file\n");
    expect(stderr).toContain("error EPARTIAL: 1 change of the origin met changes of yours");
    expect(await readFile(file, "utf8")).toContain(
      "<<<<<<< @acme/faxes\nMine.\n=======\nChanged in 1.2.\n>>>>>>> @acme/letters@1.2.0\n",
    );
    const again = await team.skills(["fork", "--update", "elsewhere"]);
    expect(again.stderr).toContain(
      "error ESKILLDIRTY: SKILL.md has conflict markers of the last update in it",
    );
  });

  test("forks a pack with all its skills", async () => {
    await publishSkill(team, {
      name: "office",
      version: "1.0.0",
      files: { "skills/a/SKILL.md": skillText("a"), "skills/b/SKILL.md": skillText("b") },
    });
    expect((await team.skills(["fork", "@acme/office", "@acme/desk", "--publish"])).stderr).toBe("");
    expect(await read("desk", "skills", "b", "SKILL.md")).toBe(skillText("b"));
    expect(await team.json(["info", "@acme/desk"])).toMatchObject({
      forkedFrom: { name: "@acme/office", version: "1.0.0", behind: 0 },
    });
  });

  test("keeps the fork of a restricted skill restricted, and warns where it cannot", async () => {
    const folder = await team.write("published/secret", {
      "package.json": JSON.stringify({ name: "@acme/secret", version: "1.0.0", license: "MIT" }),
      "SKILL.md": skillText("secret"),
    });
    await team.skills(["publish", folder, "--access", "restricted"]);
    const noted = await team.skills(["fork", "@acme/secret", "@acme/hidden"]);
    expect(noted.stderr).toContain(
      "warning: @acme/secret is restricted: publish the fork with --access restricted",
    );
    const quiet = await team.skills(["fork", "@acme/secret", "@acme/covert", "--publish"]);
    expect(quiet.stderr).toBe("");
    expect(await team.json(["info", "@acme/covert"])).toMatchObject({ visibility: "restricted" });
  });

  test("never writes into a folder that is there, and leaves nothing behind", async () => {
    await mkdir(join(team.project, "taken"));
    const { code, stderr } = await team.skills(["fork", "@acme/letters", "@acme/taken"]);
    expect(code).toBe(1);
    expect(stderr).toContain("error ESKILLCLASH");
    expect(await readdir(join(team.project, "taken"))).toEqual([]);
    const missing = await team.skills(["fork", "@acme/nothing", "@acme/forked"]);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("error ENOTFOUND") });
    expect((await readdir(team.project)).filter((name) => name.startsWith("forked"))).toEqual([]);
  });

  test("keeps the folder of a fork that could not be published, and says so", async () => {
    const { code, stderr } = await team.skills(["fork", "@acme/letters", "@strangers/letters", "--publish"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^the fork is in letters, but not published: try again with skills publish letters\nerror ESKILLSCOPE/,
    );
    expect(await readdir(join(team.project, "letters"))).toContain("SKILL.md");
  });

  test.each([
    ["no new name", ["@acme/letters"], "name the skill and the fork"],
    ["a name without a namespace", ["@acme/letters", "letters"], '"letters" is not the name of a skill'],
    ["its own name", ["@acme/letters", "@acme/letters"], "a fork needs a name of its own"],
    ["too many names", ["@acme/a", "@acme/b", "c", "d"], '"d" is one argument too many'],
    ["--dry-run alone", ["@acme/a", "@acme/b", "--dry-run"], "--dry-run goes with --update"],
    ["--update of nothing", ["--update", "nowhere"], "there is no folder"],
    ["--update of no fork", ["--update", "."], "is no fork"],
  ])("refuses %s", async (_name, args, message) => {
    const { code, stderr } = await team.skills(["fork", ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test("--update says what to do where the origin, or the version taken over, is gone", async () => {
    await publishSkill(team, { name: "brief", version: "1.0.0", files: { "SKILL.md": skillText("brief") } });
    await team.skills(["fork", "@acme/brief", "@acme/short"]);
    const file = join(team.project, "short", "package.json");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace('"version": "1.0.0"\n    }', '"version": "0.9.0"\n    }'));
    const base = await team.skills(["fork", "--update", "short"]);
    expect(base).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("@acme/brief@0.9.0, which the fork has taken over, is gone"),
    });
    await writeFile(file, text.replace("@acme/brief", "@acme/gone"));
    const origin = await team.skills(["fork", "--update", "short"]);
    expect(origin).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("there is no skill @acme/gone"),
    });
    await rm(join(team.project, "short"), { recursive: true });
  });
});
