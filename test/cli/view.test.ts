import { describe, expect, test } from "vitest";
import { skillText, spawnCli } from "../support/cli.ts";
import { startProxy } from "../support/proxy.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

const TRICKY = "tab\there\r\n\u202eright-to-left\n";

async function startLibrary(): Promise<Team> {
  const team = await startTeam();
  const folder = await publishSkill(team, {
    name: "x",
    version: "1.0.0",
    files: {
      "SKILL.md": skillText("x"),
      "references/tricky.txt": TRICKY,
      "scripts/run.sh": "#!/bin/sh\necho hi\n",
      "assets/data.bin": "a\u0000b",
    },
  });
  expect(folder).not.toBe("");
  return team;
}

describe("skills view", () => {
  test("lists the files of a skill, or of a folder in it", async () => {
    await using team = await startLibrary();
    const all = await team.skills(["view", "@acme/x"]);
    expect(all.stderr).toBe("");
    expect(all.stdout.replace(/ {2,}\d+ B {2,}/g, "  # B  ").split("\n")).toEqual([
      "SKILL.md  # B  text",
      "assets/data.bin  # B  binary",
      "package.json  # B  text",
      "references/tricky.txt  # B  text",
      "scripts/run.sh  # B  text",
      "",
    ]);
    for (const folder of ["scripts", "./scripts/"])
      expect(await team.json(["view", "@acme/x@^1", folder])).toMatchObject({
        version: "1.0.0",
        files: [{ path: "scripts/run.sh", size: 18, kind: "text" }],
      });
  });

  test("prints a file exactly as it is where stdout is no terminal", async () => {
    await using team = await startLibrary();
    expect((await team.skills(["view", "@acme/x", "references/tricky.txt"])).stdout).toBe(TRICKY);
    const { project: cwd, home } = team;
    const raw = await spawnCli(["view", "@acme/x", "assets/data.bin"], { cwd, home }).result;
    expect(raw).toEqual({ code: 0, stdout: "a\u0000b", stderr: "" });
  });

  test("shows on a terminal what it would obey, and refuses what is no text", async () => {
    await using team = await startLibrary();
    const shown = await team.skills(["view", "@acme/x", "references/tricky.txt"], { terminal: 80 });
    expect(shown.stdout).toBe("tab\there\n\\u202eright-to-left\n");
    const refused = await team.skills(["view", "@acme/x", "assets/data.bin"], { terminal: 80 });
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("assets/data.bin is binary: redirect it into a file");
  });

  test("gives text as text and bytes as base64 in JSON", async () => {
    await using team = await startLibrary();
    expect(await team.json(["view", "@acme/x", "references/tricky.txt"])).toMatchObject({
      path: "references/tricky.txt",
      encoding: "utf8",
      content: TRICKY,
    });
    expect(await team.json(["view", "@acme/x", "assets/data.bin"], { terminal: 80 })).toMatchObject({
      kind: "binary",
      encoding: "base64",
      content: "YQBi",
    });
  });

  test("names the file that was probably meant", async () => {
    await using team = await startLibrary();
    const { code, stderr } = await team.skills(["view", "@acme/x", "SKIL.md"]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'error ENOTFOUND: @acme/x@1.0.0 has no file "SKIL.md"\nhint: Did you mean SKILL.md?\n',
    );
    expect((await team.skills(["view", "@acme/x", "../SKILL.md"])).stderr).toContain("error ENOTFOUND");
  });

  test("shows nothing of a tarball that is not the one that was published", async () => {
    await using team = await startLibrary();
    await using mirror = await startProxy(team.registry, {
      tarball: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]),
    });
    const result = await team.skills(["view", "@acme/x", "SKILL.md", "--registry", mirror.url]);
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toContain("error EINTEGRITY");
  });

  test("works with a registry that speaks only npm's protocol", async () => {
    await using team = await startLibrary();
    await using npmOnly = await startProxy(team.registry, { absent: "/api/" });
    const result = await team.skills(["view", "@acme/x", "SKILL.md", "--registry", npmOnly.url]);
    expect(result.stdout).toBe(skillText("x"));
  });
});
