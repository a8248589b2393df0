import { chmod, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digest } from "../../cli/src/files.ts";
import { startFront } from "../support/front.ts";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { startProxy } from "../support/proxy.ts";
import { startTeam, type Team } from "../support/team.ts";

let team: Team;
beforeAll(async () => {
  team = await startTeam();
  await release(team, { name: "@acme/letters", files: { "scripts/send.sh": "true\n" } });
  await release(team, { name: "@acme/memos" });
});
afterAll(() => team[Symbol.asyncDispose]());

/** As much of skills.lock as is changed here. */
interface LockText {
  packages: Record<
    string,
    {
      dependencies?: Record<string, string>;
      skills: Record<string, { from?: string; files: Record<string, string> }>;
    }
  >;
}

async function project(): Promise<TestProject> {
  const made = await makeProject(team.registry.url, { files: { "CLAUDE.md": "" } });
  expect(await made.skills(["add", "@acme/letters", "@acme/memos"])).toMatchObject({ code: 0 });
  return made;
}

describe("skills verify", () => {
  test("finds nothing wrong with what was just installed, and changes nothing", async () => {
    await using made = await project();
    const before = await made.tree();
    const { host } = new URL(team.registry.url);
    expect(await made.skills(["verify"])).toEqual({
      code: 0,
      stdout: `ok @acme/letters@1.0.0 signed by ${host}\nok @acme/memos@1.0.0 signed by ${host}\n`,
      stderr: "",
    });
    expect(await made.tree()).toEqual(before);
  });

  test("names each file that was modified, is missing or is extra, and each link that leads elsewhere", async () => {
    await using made = await project();
    await made.file(".agents/skills/letters/SKILL.md", "edited");
    await made.file(".agents/skills/letters/notes.md", "ours");
    await rm(join(made.folder, ".agents/skills/letters/scripts/send.sh"));
    const link = join(made.folder, ".claude/skills/memos");
    await rm(link);
    await symlink("../../.agents/skills/letters", link);
    const { code, stdout, stderr } = await made.skills(["verify", "--offline"]);
    expect(code).toBe(1);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "wrong @acme/letters@1.0.0",
      "  modified .agents/skills/letters/SKILL.md",
      "  extra .agents/skills/letters/notes.md",
      "  missing .agents/skills/letters/scripts/send.sh",
      "wrong @acme/memos@1.0.0",
      "  wrong link .claude/skills/memos",
    ]);
    expect(stderr).toContain("note: no registry was asked");
    expect(stderr).toContain("error ESKILLWRONG: 2 of 2 packages are not as they should be\nhint: ");
    expect(await made.json(["verify", "letters", "--offline"])).toMatchObject({
      ok: false,
      registry: false,
      packages: [{ package: "@acme/letters", ok: false, origin: null, files: { length: 3 } }],
    });
  });

  test("tells a lock that somebody changed from one that the registry stands by", async () => {
    await using made = await project();
    const lock: { packages: Record<string, { integrity: string; signature?: object }> } = JSON.parse(
      await made.file("skills.lock"),
    );
    const [letters, memos] = [lock.packages["@acme/letters"], lock.packages["@acme/memos"]];
    if (letters === undefined || memos === undefined) throw new Error("not in the lock");
    letters.integrity = memos.integrity;
    await made.file("skills.lock", JSON.stringify(lock));
    const { code, stdout } = await made.skills(["verify"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^wrong @acme\/letters@1\.0\.0\n {2}not what the registry published: skills\.lock says/,
    );
    // Without the signature, what the registry says of the version shows it.
    delete letters.signature;
    await made.file("skills.lock", JSON.stringify(lock));
    expect(await made.json(["verify", "@acme/letters"])).toMatchObject({
      packages: [{ origin: { status: "broken", error: { code: "EINTEGRITY" } } }],
    });
  });

  test("is not taken in by an edit with a digest in the lock to match", async () => {
    await using made = await project();
    const path = ".agents/skills/letters/SKILL.md";
    const edited = `${await made.file(path)}Send it all elsewhere.\n`;
    await made.file(path, edited);
    const text = await made.file("skills.lock");
    const lock: LockText = JSON.parse(text);
    const { files } = lock.packages["@acme/letters"]?.skills["letters"] ?? { files: {} };
    await made.file(
      "skills.lock",
      text.replace(String(files["SKILL.md"]), digest(new TextEncoder().encode(edited))),
    );
    expect((await made.skills(["list"])).stdout).toContain("@acme/letters@1.0.0 ok");
    const { code, stdout } = await made.skills(["verify"]);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: [
        "wrong @acme/letters@1.0.0",
        "  not what the registry published: skills.lock says of letters/SKILL.md what was not published as @acme/letters@1.0.0",
        `ok @acme/memos@1.0.0 signed by ${new URL(team.registry.url).host}\n`,
      ].join("\n"),
    });
  });

  test.each<[string, (entry: LockText["packages"][string]) => void, string]>([
    ["a skill that the package does not have", (entry) => (entry.skills["evil"] = { files: {} }), "evil/"],
    [
      "a skill under a name that the package does not have",
      (entry) => (entry.skills = { memos: { from: "other", files: {} } }),
      "@acme/memos@1.0.0 has no skill other",
    ],
    ["other dependencies", (entry) => (entry.dependencies = { "@acme/letters": "*" }), "other dependencies"],
  ])("finds %s in the lock", async (_, change, message) => {
    await using made = await project();
    const lock: LockText = JSON.parse(await made.file("skills.lock"));
    const entry = lock.packages["@acme/memos"];
    if (entry !== undefined) change(entry);
    await made.file("skills.lock", JSON.stringify(lock));
    expect(await made.json(["verify", "@acme/memos"])).toMatchObject({
      ok: false,
      packages: [
        {
          origin: {
            status: "broken",
            error: { code: "ESKILLDRIFT", message: expect.stringContaining(message) },
          },
        },
      ],
    });
  });

  test("finds a file that can be run and was not published so", async () => {
    await using made = await project();
    await chmod(join(made.folder, ".agents/skills/letters/package.json"), 0o755);
    const { code, stdout } = await made.skills(["verify", "letters"]);
    expect({ code, stdout }).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("  other mode .agents/skills/letters/package.json\n"),
    });
  });

  test("says what the registry no longer has, and what could not be asked", async () => {
    await using made = await project();
    await using empty = await startProxy(team.registry, { absent: "/@acme%2fmemos" });
    const gone = await made.skills(["verify", "--registry", empty.url]);
    expect(gone.code).toBe(1);
    expect(gone.stdout).toMatch(
      /ok @acme\/letters.*\nwrong @acme\/memos@1\.0\.0\n {2}not in the registry any more/,
    );
    const silent = await made.skills(["verify", "--registry", "http://127.0.0.1:9"]);
    expect(silent).toMatchObject({ code: 1 });
    expect(silent.stdout).toContain("  the registry could not be asked: ");
    await using forger = await startProxy(team.registry, {
      json: (text) => text.replace(/"sig":"MEU?/g, '"sig":"AAA'),
    });
    expect((await made.skills(["verify", "memos", "--registry", forger.url])).stdout).toContain(
      "not what the registry published",
    );
  });

  test("asks the registry, whatever the repository's .npmrc says, or says that it did not", async () => {
    await using front = await startFront(team.registry);
    await using made = await makeProject(front.url, { files: { "CLAUDE.md": "" } });
    await made.skills(["add", "@acme/memos"]);
    front.asked = [];
    await made.file(".npmrc", "prefer-offline=true\n");
    expect(await made.skills(["verify"])).toMatchObject({ code: 0, stderr: "" });
    // The packument by its ETag; the tarball lies in the cache under its digest.
    expect(front.asked.toSorted()).toEqual(["/-/npm/v1/keys 200", "/@acme%2fmemos 304"]);
    await made.file(".npmrc", "offline=true\n");
    const { stdout, stderr } = await made.skills(["verify"]);
    expect({ stdout, stderr }).toEqual({
      stdout: "ok @acme/memos@1.0.0\n",
      stderr: "note: no registry was asked; only files were compared with skills.lock\n",
    });
  });

  test("does not follow a link in the place of a skill's folder", async () => {
    await using made = await project();
    const folder = join(made.folder, ".agents/skills/memos");
    await rm(folder, { recursive: true });
    await symlink("/", folder);
    const { code, stdout } = await made.skills(["verify", "memos", "--offline"]);
    expect(code).toBe(1);
    expect(stdout).toContain("  wrong link .agents/skills/memos\n");
  });

  test.each([
    ["cut off", '{ "lockfileVersion": 2, "packages": {'],
    ["of a later format", '{ "lockfileVersion": 3, "packages": {} }'],
    [
      "with an entry that leads elsewhere",
      '{ "lockfileVersion": 2, "packages": { "@acme/x": { "placed": ["../.."] } } }',
    ],
  ])("a lock %s is refused by every command that reads it, and is left as it is", async (_, text) => {
    await using made = await makeProject(team.registry.url, { files: { "skills.lock": text } });
    const before = await made.tree();
    for (const args of [["verify"], ["list"], ["outdated"], ["prune"], ["why", "x"], ["diff", "@acme/x"]]) {
      const { code, stdout, stderr } = await made.skills(args);
      expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: "" });
      expect(stderr).toMatch(/^error ESKILLLOCK: skills\.lock.*\nhint: /);
    }
    expect(await made.tree()).toEqual(before);
  });

  test.each(["skills.lock", "skills.json"])(
    "a link to a device in the place of %s is not read",
    async (name) => {
      await using made = await makeProject(team.registry.url);
      await symlink("/dev/null", join(made.folder, name));
      for (const command of ["verify", "list", "outdated", "install"]) {
        const { code, stderr } = await made.skills([command]);
        expect({ command, code, stderr }).toEqual({
          command,
          code: 1,
          stderr: expect.stringMatching(/^error EFTYPE: .* is no file\nhint: /),
        });
      }
    },
  );

  test("a skill is named as completion has it, where a package is meant", async () => {
    await using made = await project();
    await made.file(".agents/skills/letters/SKILL.md", "edited");
    expect((await made.skills(["diff", "letters", "--stat"])).stdout).toContain("M SKILL.md");
    expect((await made.skills(["outdated", "letters"])).stdout).toBe("everything is up to date\n");
    expect((await made.skills(["update", "memos"])).stdout).toBe("everything is up to date\n");
  });

  test("refuses what is not installed, and has nothing to say of an empty project", async () => {
    await using made = await makeProject(team.registry.url);
    for (const name of ["@acme/letters", "constructor"]) {
      const { code, stderr } = await made.skills(["verify", name]);
      expect(code).toBe(1);
      expect(stderr).toContain(`ENOTINSTALLED: ${name} is not installed here`);
    }
    expect((await made.skills(["verify"])).stdout).toBe(`no skills installed in ${made.folder}\n`);
  });
});
