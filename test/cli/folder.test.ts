import { mkdir, readFile, readdir, symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeScratch, runCli, skillText, type Scratch } from "../support/cli.ts";

function skills({ project, home }: Scratch, args: string[]): ReturnType<typeof runCli> {
  return runCli(args, { cwd: project, home });
}

describe("skills init", () => {
  test("writes a skill that is valid without a warning", async () => {
    await using scratch = await makeScratch();
    expect(await skills(scratch, ["init", "legal-documents"])).toMatchObject({
      code: 0,
      stdout: "wrote legal-documents/SKILL.md\n",
    });
    expect(await skills(scratch, ["validate", "legal-documents"])).toMatchObject({
      code: 0,
      stdout: "valid legal-documents\n",
    });
  });

  test("writes package.json too for a namespace", async () => {
    await using scratch = await makeScratch();
    await skills(scratch, ["init", "legal-documents", "--scope", "acme"]);
    const manifest: unknown = JSON.parse(
      await readFile(join(scratch.project, "legal-documents/package.json"), "utf8"),
    );
    expect(manifest).toMatchObject({ name: "@acme/legal-documents", version: "1.0.0" });
    expect(await skills(scratch, ["validate", "legal-documents"])).toMatchObject({
      code: 0,
      stdout: "valid legal-documents\n",
    });
  });

  test("never overwrites", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project/x", { "package.json": "mine" });
    const result = await skills(scratch, ["init", "x", "--scope", "acme"]);
    expect(result.code).toBe(1);
    expect(await readdir(join(scratch.project, "x"))).toEqual(["package.json"]);
    expect(await readFile(join(scratch.project, "x/package.json"), "utf8")).toBe("mine");
  });

  test("proposes a folder name that can be a skill's", async () => {
    await using scratch = await makeScratch();
    const result = await skills(scratch, ["init", "Legal Documents"]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("skills init legal-documents");
  });
});

describe("skills validate", () => {
  test("lists every issue with file, line and what to do, and exits with 1", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project/x", { "SKILL.md": "---\nname: Not A Name\ndescription: d\n---\n" });
    const result = await skills(scratch, ["validate", "x"]);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/^invalid x\n/);
    expect(result.stdout).toMatch(/error SKILL\.md:2: .* — .* \[manifest\.name\.pattern\]/);
  });

  test("checks skill by skill where a folder holds several", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project", {
      "skills/a/SKILL.md": skillText("a"),
      "skills/b/SKILL.md": "no frontmatter",
    });
    const result = await skills(scratch, ["validate"]);
    expect(result.stdout).toContain("valid skills/a\n");
    expect(result.stdout).toContain("invalid skills/b\n");
    expect(result.stderr).toContain("1 of 2 skills are not valid");
  });

  test("repairs with --fix what is mechanical", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project/my-skill", { "SKILL.md": skillText("My_Skill") });
    const result = await skills(scratch, ["validate", "my-skill", "--fix"]);
    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toContain("fixed SKILL.md");
    expect(await readFile(join(scratch.project, "my-skill/SKILL.md"), "utf8")).toContain("name: my-skill\n");
  });

  test("does not judge what an ignore file keeps out of the package", async () => {
    await using scratch = await makeScratch();
    const manifest = JSON.stringify({ name: "@acme/x", version: "1.0.0", license: "MIT" });
    const files = { "SKILL.md": skillText("x"), "package.json": manifest, ".env": "A=b" };
    await scratch.write("project/x", files);
    expect((await skills(scratch, ["validate", "x"])).code).toBe(1);
    await scratch.write("project/x", { ".npmignore": ".env\n" });
    expect(await skills(scratch, ["validate", "x"])).toMatchObject({ code: 0, stdout: "valid x\n" });
  });

  test("judges the tarball too, where it can break a limit", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project/x", { "SKILL.md": skillText("x"), "zeros.txt": "0".repeat(8_000_000) });
    const result = await skills(scratch, ["validate", "x"]);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain("[archive.limit.ratio]");
  });

  test("counts files and not folders, which are not packed", async () => {
    await using scratch = await makeScratch();
    const files = Array.from({ length: 1_990 }, (_, index) => [`a${index % 30}/${index}.txt`, "x"] as const);
    await scratch.write("project/x", { "SKILL.md": skillText("x"), ...Object.fromEntries(files) });
    await mkdir(join(scratch.project, "x/.vscode"));
    expect(await skills(scratch, ["validate", "x"])).toMatchObject({ code: 0, stdout: "valid x\n" });
  });

  test("finds a skill.md in the wrong case among several", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project", {
      "skills/a/SKILL.md": skillText("a"),
      "skills/b/skill.md": skillText("b"),
    });
    const result = await skills(scratch, ["validate"]);
    expect(result.stdout).toContain("invalid skills/b\n");
    expect(result.stdout).toContain("[skill.case]");
  });

  test("looks into a repository with a private package.json", async () => {
    await using scratch = await makeScratch();
    const repository = JSON.stringify({ name: "site", private: true });
    await scratch.write("project", { "package.json": repository, "skills/a/SKILL.md": skillText("a") });
    expect(await skills(scratch, ["validate"])).toMatchObject({ code: 0, stdout: "valid skills/a\n" });
  });

  test("goes on after a folder that cannot be judged", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project/a", { "SKILL.md": skillText("a"), "package.json": "{}", ".npmignore": "" });
    await scratch.write("project/a", { "huge.bin": "" });
    await truncate(join(scratch.project, "a/huge.bin"), 300 * 1024 * 1024);
    await scratch.write("project/b", { "SKILL.md": skillText("b") });
    const result = await skills(scratch, ["validate", "a", "b"]);
    expect(result).toMatchObject({ code: 1, stdout: "valid b\n" });
    expect(result.stderr).toContain("error ESKILLTOOLARGE");
  });

  test.each(["a file", "a link to a file", "nothing"])("says that %s is no folder", async (what) => {
    await using scratch = await makeScratch();
    await scratch.write("project", { "a file": "x" });
    await symlink("a file", join(scratch.project, "a link to a file"));
    expect(await skills(scratch, ["validate", what])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is a file|there is no folder/),
    });
  });

  test("says what is wrong with an empty folder", async () => {
    await using scratch = await makeScratch();
    const result = await skills(scratch, ["validate"]);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain("SKILL.md");
  });
});
