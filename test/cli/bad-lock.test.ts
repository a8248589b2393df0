import { rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { attempt, refusal } from "../support/attempt.ts";
import { startTeam, type Team } from "../support/team.ts";

let team: Team;
/** The files of a project that is in order. */
let wishes: string;
let lock: string;
beforeAll(async () => {
  team = await startTeam();
  await release(team, { name: "@acme/letters" });
  await release(team, { name: "@acme/letters", version: "1.1.0" });
  await release(team, { name: "@acme/memos" });
  await using project = await makeProject(team.registry.url);
  await project.skills(["add", "@acme/letters@^1.0.0", "--agent", "claude-code"]);
  [wishes, lock] = [await project.file("skills.json"), await project.file("skills.lock")];
});
afterAll(() => team[Symbol.asyncDispose]());

/** A fresh clone of the project, with its files changed. */
function cloned(files: { wishes?: string; lock?: string }): Promise<TestProject> {
  const given = { "skills.json": files.wishes ?? wishes, "skills.lock": files.lock ?? lock };
  return makeProject(team.registry.url, { files: given });
}

/** Every command that reads these files and may write. */
const COMMANDS = [["install"], ["ci"], ["add", "@acme/memos"], ["update"], ["remove", "letters"]];

describe("a skills.lock that cannot be read stops every command", () => {
  const bad: [string, (text: string) => string, string][] = [
    [
      "truncated",
      (text) => text.slice(0, 300),
      "error ESKILLLOCK: skills.lock is not JSON\nhint: Restore it from version control",
    ],
    ["empty", () => "", "error ESKILLLOCK: skills.lock is not JSON"],
    [
      "of a later format",
      () => '{"lockfileVersion": 3, "hashes": []}',
      "newer than this skills\nhint: Update @skills-registry/cli.",
    ],
    [
      "of an earlier format",
      () => '{"lockfileVersion": 1, "packages": {}}',
      "older than this skills\nhint: ",
    ],
    ["of another tool", () => '{"version": 1, "skills": {}}', "error ESKILLLOCK: skills.lock: "],
    ["with a folder outside", (text) => text.replace(".claude/skills", "../../etc"), "placed"],
    [
      "with a skill outside",
      (text) => text.replace('"letters": {', '"../../letters": {'),
      "error ESKILLLOCK",
    ],
    ["with bytes that are no text", () => "\u0000\u0001\uFFFD", "is not JSON"],
  ];
  test.each(bad)("%s", async (_, change, message) => {
    await using project = await cloned({ lock: change(lock) });
    for (const args of COMMANDS) expect(await attempt(project, args)).toEqual(refusal(message));
  });

  test("in which both sides of a conflict are broken", async () => {
    const text = `<<<<<<< HEAD\n${lock.slice(0, 300)}\n=======\n${lock}>>>>>>> topic\n`;
    await using project = await cloned({ lock: text });
    for (const args of COMMANDS) expect(await attempt(project, args)).toEqual(refusal("error ESKILLLOCK"));
  });
});

describe("a skills.json that cannot be read stops every command", () => {
  const bad: [string, string, string][] = [
    ["broken", '{"skills": {', "it is not JSON"],
    [
      "in conflict",
      `<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> topic\n`,
      "it holds an unresolved merge conflict",
    ],
    ["with an unknown key", '{"skill": {}}', "skill"],
    ["with a list of skills", '{"skills": ["@acme/letters"]}', "skills: "],
    ["with a name of no skill", '{"skills": {"../x": "1"}}', "skills > ../x"],
    ["with a folder outside", '{"folders": {"claude-code": "../../etc"}}', "folders > claude-code"],
    ["with a mode of its own", '{"mode": "hardlink"}', "mode: "],
  ];
  test.each(bad)("%s", async (_, text, message) => {
    await using project = await cloned({ wishes: text });
    for (const args of COMMANDS) {
      expect(await attempt(project, args)).toEqual(
        refusal(`error ESKILLPROJECT: ${join(project.folder, "skills.json")} cannot be read: `),
      );
      expect((await project.skills(args)).stderr).toContain(message);
    }
  });

  test("with an agent that there is not", async () => {
    await using project = await cloned({
      wishes: '{"skills": {"@acme/letters": "*"}, "agents": ["clode-code"]}',
    });
    expect(await attempt(project, ["install"])).toEqual(
      refusal('error ENOAGENT: there is no agent "clode-code"\nhint: Did you mean claude-code?'),
    );
  });

  test("and a package.json with the wishes that a merge broke", async () => {
    await using project = await makeProject(team.registry.url, {
      files: { "package.json": '{\n<<<<<<< HEAD\n"skills": {}\n', "skills.lock": lock },
    });
    for (const args of COMMANDS)
      expect(await attempt(project, args)).toEqual(refusal("package.json cannot be read: "));
  });
});

describe("a lock that was edited", () => {
  const fake = `sha512-${"A".repeat(86)}==`;
  const unproved = "error ESIGNATURE: skills.lock says of @acme/letters@";
  const forged: [string, (text: string) => string, string][] = [
    ["another integrity", (text) => text.replace(/sha512-[^"]+/, fake), unproved],
    ["another version number", (text) => text.replace('"version": "1.1.0"', '"version": "1.0.0"'), unproved],
    ["another signature", (text) => text.replace(/("sig": "MEU?.)[^"]{8}/, "$1AAAAAAAA"), unproved],
    ["a signature that is none", (text) => text.replace(/"sig": "[^"]+"/, '"sig": "x"'), unproved],
    [
      "another integrity and no signature",
      (text) => withoutSignature(text).replace(/sha512-[^"]+/, fake),
      "error EINTEGRITY: the registry means other bytes by @acme/letters@1.1.0 than skills.lock",
    ],
    [
      "another integrity and a key that is not the registry's",
      (text) => text.replace(/SHA256:[^"]+/, "SHA256:mine").replace(/sha512-[^"]+/, fake),
      "error EINTEGRITY",
    ],
    [
      "a version that was never published, without a signature",
      (text) => withoutSignature(text).replace('"version": "1.1.0"', '"version": "1.9.9"'),
      "error ENOTFOUND: @acme/letters@1.9.9 of skills.lock is not in the registry any more\nhint: Run skills update @acme/letters",
    ],
    [
      "the name of another package",
      (text) => text.replace('"@acme/letters": {', '"@acme/memos": {'),
      "error ESIGNATURE: skills.lock says of @acme/memos@1.1.0",
    ],
    [
      "a tarball of another package",
      (text) => text.replace("@acme/letters/-/letters-1.1.0", "@acme/memos/-/memos-1.0.0"),
      "error EINTEGRITY",
    ],
  ];
  test.each(forged)("by %s installs nothing", async (change, edit, message) => {
    const text = change.startsWith("the name") ? wishes.replace("letters", "memos") : wishes;
    await using project = await cloned({ lock: edit(lock), wishes: text });
    expect(await attempt(project, ["install"])).toEqual(refusal(message));
    expect(await attempt(project, ["ci"])).toEqual(refusal(message));
  });

  test.each([
    ["no signature", withoutSignature],
    ["a key that is not the registry's", (text: string) => text.replace(/SHA256:[^"]+/, "SHA256:mine")],
    ["another host", (text: string) => text.replace(/"resolved": "/, '"resolved": "http://127.0.0.1:9/')],
    ["a path upwards", (text: string) => text.replace(/"resolved": "/, '"resolved": "../../../')],
    ["a file", (text: string) => text.replace(/"resolved": "[^"]+/, '"resolved": "file:///etc/passwd')],
  ])("by %s gets what the registry has, and is mended; --frozen refuses it", async (_, edit) => {
    await using project = await cloned({ lock: edit(lock) });
    expect(await attempt(project, ["ci"])).toEqual(refusal("error ESKILLDRIFT: skills.lock does not agree"));
    expect((await project.skills(["install"])).code).toBe(0);
    expect(await project.file("skills.lock")).toBe(lock);
    expect(await project.file(".claude/skills/letters/SKILL.md")).toContain("Version 1.1.0.");
  });

  test("by the digests of its files gets what was signed", async () => {
    await using project = await cloned({
      lock: lock.replaceAll(/sha256-[^"]{20}/g, `sha256-${"A".repeat(20)}`),
    });
    await project.skills(["install"]);
    expect(await project.file("skills.lock")).toBe(lock);
  });
});

test("a lock that is a link out of the project is not written through", async () => {
  await using project = await cloned({});
  await rm(join(project.folder, "skills.lock"));
  await writeFile(join(project.home, "precious"), lock);
  await symlink(join(project.home, "precious"), join(project.folder, "skills.lock"));
  expect(await attempt(project, ["add", "@acme/memos"])).toEqual(
    refusal("skills.lock is a link that leads out of the project"),
  );
});

function withoutSignature(text: string): string {
  return text.replace(/\s*"signature": \{[^}]*\},/, "");
}
