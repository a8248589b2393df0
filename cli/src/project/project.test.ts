import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeScratch, testWorld } from "../../../test/support/cli.ts";
import { createContext, type Context } from "../context.ts";
import { findPlace, refuseEscape } from "./project.ts";

function contextIn(cwd: string, home: string): Context {
  return createContext(testWorld({ cwd, home }).world, { registry: undefined, json: false });
}

describe("the project", () => {
  test("is where skills.lock is, even below a repository's root", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project", { ".git/HEAD": "", "app/skills.lock": "", "app/src/a.ts": "" });
    const place = await findPlace(contextIn(join(scratch.project, "app/src"), scratch.home), "project");
    expect(place.root).toBe(join(scratch.project, "app"));
  });

  test("is the repository, not the nearest package.json in it", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project", { ".git/HEAD": "", "packages/a/package.json": "{}" });
    const place = await findPlace(contextIn(join(scratch.project, "packages/a"), scratch.home), "project");
    expect(place.root).toBe(scratch.project);
  });

  test("is never the home folder of somebody who stands below it", async () => {
    await using scratch = await makeScratch();
    await scratch.write("home", { ".git/HEAD": "", "package.json": "{}", "notes/a.md": "" });
    const place = await findPlace(contextIn(join(scratch.home, "notes"), scratch.home), "project");
    expect(place.root).toBe(join(scratch.home, "notes"));
  });

  test("of somebody who stands in their home is the home itself", async () => {
    await using scratch = await makeScratch();
    const place = await findPlace(contextIn(scratch.home, scratch.home), "project");
    expect(place).toMatchObject({ global: true, lockFile: join(scratch.home, ".agents/skills.lock") });
  });

  test("does not let a linked folder lead out of it", async () => {
    await using scratch = await makeScratch();
    await mkdir(join(scratch.project, ".claude"));
    await symlink(scratch.home, join(scratch.project, ".claude/skills"));
    const place = await findPlace(contextIn(scratch.project, scratch.home), "project");
    await expect(refuseEscape(place, join(scratch.project, ".claude/skills"))).rejects.toMatchObject({
      code: "ESKILLCLASH",
    });
    await expect(refuseEscape(place, place.canonical)).resolves.toBeUndefined();
  });
});
