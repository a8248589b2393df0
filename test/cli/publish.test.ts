import { readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli, skillText } from "../support/cli.ts";
import { publishSkill, startTeam } from "../support/team.ts";

function packageJson(version: string): string {
  return `{\n  "name": "@acme/x",\n  "version": "${version}",\n  "license": "MIT"\n}\n`;
}

describe("a folder with package.json", () => {
  test("is new, then unchanged, then taken, then an update", async () => {
    await using team = await startTeam();
    const folder = await team.write("x", {
      "SKILL.md": skillText("x"),
      "package.json": packageJson("1.0.0"),
    });
    const options = { cwd: folder };
    expect(await team.skills(["publish"], options)).toMatchObject({ code: 0, stdout: "new @acme/x@1.0.0\n" });
    expect(await team.skills(["publish"], options)).toMatchObject({
      code: 0,
      stdout: "unchanged @acme/x@1.0.0, nothing to publish\n",
    });

    await writeFile(join(folder, "SKILL.md"), skillText("x", "Do it better.\n"));
    const taken = await team.skills(["publish"], options);
    expect(taken).toMatchObject({ code: 1, stdout: "" });
    expect(taken.stderr).toContain("EVERSIONTAKEN");
    expect(taken.stderr).toContain("1.0.1");

    await writeFile(join(folder, "package.json"), packageJson("1.1.0"));
    expect(await team.skills(["publish"], options)).toMatchObject({
      code: 0,
      stdout: "update @acme/x 1.0.0 → 1.1.0\n",
    });
  });

  test("is bumped above the registry and keeps the layout of package.json", async () => {
    await using team = await startTeam();
    const folder = await publishSkill(team, {
      name: "x",
      version: "1.4.0",
      files: { "SKILL.md": skillText("x") },
    });
    await writeFile(join(folder, "package.json"), packageJson("1.0.0"));
    await writeFile(join(folder, "SKILL.md"), skillText("x", "Changed.\n"));
    const result = await team.skills(["publish", "--bump", "minor"], { cwd: folder });
    expect(result).toMatchObject({ code: 0, stdout: "update @acme/x 1.4.0 → 1.5.0\n" });
    expect(await readFile(join(folder, "package.json"), "utf8")).toBe(packageJson("1.5.0"));
  });

  test("is not bumped without a change", async () => {
    await using team = await startTeam();
    const folder = await publishSkill(team, {
      name: "x",
      version: "1.0.0",
      files: { "SKILL.md": skillText("x") },
    });
    const before = await readFile(join(folder, "package.json"), "utf8");
    const result = await team.skills(["publish", "--bump", "major"], { cwd: folder });
    expect(result.stdout).toBe("unchanged @acme/x@1.0.0, nothing to publish\n");
    expect(await readFile(join(folder, "package.json"), "utf8")).toBe(before);
  });

  test("keeps its package.json when the registry refuses the bumped version", async () => {
    await using team = await startTeam();
    const text = packageJson("1.0.0").replace("@acme/", "@other/");
    const folder = await team.write("x", { "SKILL.md": skillText("x"), "package.json": text });
    const result = await team.skills(["publish", "--bump", "minor"], { cwd: folder });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("ESKILLSCOPE");
    expect(await readFile(join(folder, "package.json"), "utf8")).toBe(text);
  });

  test("that is private is refused, in a dry run too", async () => {
    await using team = await startTeam();
    const text = packageJson("1.0.0").replace("{", '{\n  "private": true,');
    const folder = await team.write("x", { "SKILL.md": skillText("x"), "package.json": text });
    for (const args of [["publish"], ["publish", "--dry-run"]]) {
      const result = await team.skills(args, { cwd: folder });
      expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("Remove the field") });
    }
  });

  test("packed by another packer still counts as unchanged", async () => {
    await using team = await startTeam();
    const folder = await publishSkill(team, {
      name: "x",
      version: "1.0.0",
      files: { "SKILL.md": skillText("x") },
    });
    await writeFile(
      join(folder, "package.json"),
      JSON.stringify(JSON.parse(await readFile(join(folder, "package.json"), "utf8")), undefined, 2),
    );
    expect((await team.skills(["publish"], { cwd: folder })).stdout).toBe(
      "unchanged @acme/x@1.0.0, nothing to publish\n",
    );
  });

  test("goes under another tag without moving latest", async () => {
    await using team = await startTeam();
    const folder = await publishSkill(team, {
      name: "x",
      version: "1.0.0",
      files: { "SKILL.md": skillText("x") },
    });
    await writeFile(join(folder, "package.json"), packageJson("2.0.0-beta.1"));
    expect((await team.skills(["publish", "--tag", "beta"], { cwd: folder })).code).toBe(0);
    expect(await team.json(["info", "@acme/x"])).toMatchObject({
      version: "1.0.0",
      tags: { latest: "1.0.0", beta: "2.0.0-beta.1" },
    });
  });
});

describe("a folder without package.json", () => {
  test("gets its name from SKILL.md and its version from the registry", async () => {
    await using team = await startTeam();
    const folder = await team.write("legal-documents", { "SKILL.md": skillText("legal-documents") });
    const publish = () => team.skills(["publish", "--scope", "@acme"], { cwd: folder });
    expect((await publish()).stdout).toBe("new @acme/legal-documents@1.0.0\n");
    expect((await publish()).stdout).toBe("unchanged @acme/legal-documents@1.0.0, nothing to publish\n");
    await writeFile(join(folder, "SKILL.md"), skillText("legal-documents", "More.\n"));
    expect((await publish()).stdout).toBe("update @acme/legal-documents 1.0.0 → 1.0.1\n");
    await writeFile(join(folder, "SKILL.md"), skillText("legal-documents", "Even more.\n"));
    const major = await team.skills(["publish", "--scope", "acme", "--bump", "major"], { cwd: folder });
    expect(major.stdout).toBe("update @acme/legal-documents 1.0.1 → 2.0.0\n");
  });

  test("steps over a version that was unpublished", async () => {
    await using team = await startTeam();
    const folder = await team.write("x", { "SKILL.md": skillText("x") });
    await team.skills(["publish", "--scope", "acme"], { cwd: folder });
    await writeFile(join(folder, "SKILL.md"), skillText("x", "Two.\n"));
    await team.skills(["publish", "--scope", "acme"], { cwd: folder });
    await unpublish(team.registry.url, { name: "@acme/x", version: "1.0.1", token: team.token });
    await writeFile(join(folder, "SKILL.md"), skillText("x", "Three.\n"));
    const result = await team.skills(["publish", "--scope", "acme"], { cwd: folder });
    expect(result).toMatchObject({ code: 0, stdout: "update @acme/x 1.0.0 → 1.0.2\n" });
  });

  test("needs a namespace", async () => {
    await using team = await startTeam();
    const folder = await team.write("x", { "SKILL.md": skillText("x") });
    const result = await team.skills(["publish"], { cwd: folder });
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain("--scope @acme");
  });
});

describe("several folders", () => {
  test("are published each, and one failure hides none of the others", async () => {
    await using team = await startTeam();
    await team.write("project/skills", {
      "a/SKILL.md": skillText("a"),
      "b/SKILL.md": "no frontmatter",
      "c/SKILL.md": skillText("c"),
    });
    const result = await team.skills(["publish", "--scope", "acme"]);
    expect(result.code).toBe(1);
    expect(result.stdout).toBe("new @acme/a@1.0.0\nnew @acme/c@1.0.0\n2 new, 0 updated, 0 unchanged\n");
    expect(result.stderr).toContain("[2/3] skills/b");
    expect(result.stderr).toContain("error ESKILLINVALID");
    expect(result.stderr).toContain("error EPARTIAL: 1 of 3 failed: skills/b");

    await writeFile(join(team.project, "skills/a/SKILL.md"), skillText("a", "Changed.\n"));
    await rm(join(team.project, "skills/b"), { recursive: true });
    const again = await team.skills(["publish", "skills/a", "skills/c", "--scope", "acme"]);
    expect(again).toMatchObject({
      code: 0,
      stdout:
        "update @acme/a 1.0.0 → 1.0.1\nunchanged @acme/c@1.0.0, nothing to publish\n0 new, 1 updated, 1 unchanged\n",
    });
  });

  test("give one JSON document with results and failures", async () => {
    await using team = await startTeam();
    await team.write("project", { "a/SKILL.md": skillText("a"), "b/SKILL.md": "no frontmatter" });
    expect(await team.json(["publish", "a", "b", "--scope", "acme"])).toMatchObject({
      dryRun: false,
      published: [{ folder: "a", name: "@acme/a", version: "1.0.0", action: "new", previous: null }],
      failed: [{ item: "b", error: { code: "ESKILLINVALID" } }],
    });
  });
});

test("an invalid skill stops with its issues before the registry is asked", async () => {
  await using team = await startTeam();
  const folder = await team.write("x", { "SKILL.md": "---\nname: Not A Name\n---\n" });
  const result = await team.skills(["publish", "--scope", "acme", "--registry", "http://127.0.0.1:9"], {
    cwd: folder,
  });
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toContain("SKILL.md:2");
  expect(result.stderr).toContain("[manifest.name.pattern]");
});

test("a skill is restricted where it is asked for, public where nothing is said, and keeps what it is", async () => {
  await using team = await startTeam();
  const restricted = await team.write("x", {
    "SKILL.md": skillText("x"),
    "package.json": packageJson("1.0.0"),
  });
  const open = await team.write("y", { "SKILL.md": skillText("y") });
  expect(await team.skills(["publish", restricted, "--access", "restricted"])).toMatchObject({ code: 0 });
  expect(await team.skills(["publish", open, "--scope", "@acme"])).toMatchObject({ code: 0 });
  expect(await team.json(["info", "@acme/x"])).toMatchObject({ visibility: "restricted" });
  expect(await team.json(["info", "@acme/y"])).toMatchObject({ visibility: "public" });
  expect((await team.registry.fetch("/@acme%2fx")).status).toBe(404);

  await writeFile(join(restricted, "SKILL.md"), skillText("x", "Do it better.\n"));
  expect(await team.skills(["publish", restricted, "--bump", "patch"])).toMatchObject({ code: 0 });
  expect(await team.json(["info", "@acme/x"])).toMatchObject({ visibility: "restricted", version: "1.0.1" });
  await writeFile(join(restricted, "SKILL.md"), skillText("x", "Do it best.\n"));
  const exposing = await team.skills(["publish", restricted, "--bump", "patch", "--access", "public"]);
  expect(exposing.code).toBe(1);
  expect(exposing.stderr).toContain("@acme/x is restricted, and a publish does not change that");
  expect(await team.skills(["publish", open, "--access", "secret"])).toMatchObject({ code: 2 });
});

test("a dry run publishes nothing", async () => {
  await using team = await startTeam();
  const folder = await team.write("x", { "SKILL.md": skillText("x") });
  const result = await team.skills(["publish", "--scope", "acme", "--dry-run"], { cwd: folder });
  expect(result).toMatchObject({ code: 0, stdout: "would publish new @acme/x@1.0.0\n" });
  expect((await team.registry.fetch("/@acme%2fx")).status).toBe(404);
});

test.each([undefined, packageJson("1.0.0")])(
  "a symbolic link stops the publish, since npm would drop it silently",
  async (manifest) => {
    await using team = await startTeam();
    const files = manifest === undefined ? {} : { "package.json": manifest };
    const folder = await team.write("x", { "SKILL.md": skillText("x"), ...files });
    await symlink("SKILL.md", join(folder, "alias.md"));
    const result = await team.skills(["publish", "--scope", "acme"], { cwd: folder });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("error alias.md");
  },
);

test("somebody else's namespace is refused in the registry's words, and no token is shown", async () => {
  await using team = await startTeam();
  const folder = await team.write("x", { "SKILL.md": skillText("x") });
  const result = await team.skills(["publish", "--scope", "other"], { cwd: folder });
  expect(result.code).toBe(1);
  expect(result.stderr).toContain("error ESKILLSCOPE");
  expect(result.stderr).not.toContain(team.token);
});

test("without a login it fails and says how to log in", async () => {
  await using team = await startTeam();
  const folder = await team.write("x", { "SKILL.md": skillText("x") });
  const result = await runCli(["publish", "--scope", "acme", "--registry", team.registry.url], {
    cwd: folder,
    home: folder,
  });
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(/error (ENEEDAUTH|E401)/);
  expect(result.stderr).toContain("skills login");
});

async function unpublish(
  url: string,
  target: { name: string; version: string; token: string },
): Promise<void> {
  const headers = { authorization: `Bearer ${target.token}`, "content-type": "application/json" };
  const address = `${url}/${target.name.replace("/", "%2f")}`;
  const packument = (await (await fetch(`${address}?write=true`, { headers })).json()) as {
    _rev: string;
    versions: Record<string, unknown>;
  };
  delete packument.versions[target.version];
  const answer = await fetch(`${address}/-rev/${packument._rev}`, {
    method: "PUT",
    headers,
    body: JSON.stringify(packument),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
