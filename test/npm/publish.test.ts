import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { jsonOf } from "../support/json.ts";

/** The real npm against the real server. */
describe("npm", () => {
  let registry: TestRegistry;
  let acme: NpmUser;

  beforeAll(async () => {
    registry = await startRegistry();
    acme = await npmUser(registry, "acme");
  });
  afterAll(async () => {
    await acme[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  it("publishes a skill that npm view and npm install then find", async () => {
    const published = await acme.npm(["publish"], { cwd: await acme.skill("@acme/first", "1.0.0") });
    expect(published).toMatchObject({ code: 0, stdout: expect.stringContaining("+ @acme/first@1.0.0") });

    const viewed = await acme.npm(["view", "@acme/first", "--json"]);
    expect(JSON.parse(viewed.stdout)).toMatchObject({
      name: "@acme/first",
      version: "1.0.0",
      description: "Does first well.",
      skill: { name: "first" },
      maintainers: [expect.objectContaining({ name: "acme" })],
      "dist-tags": { latest: "1.0.0" },
    });

    const project = await acme.folder("project", { "package.json": "{}" });
    const installed = await acme.npm(["install", "@acme/first"], { cwd: project });
    expect(installed.code).toBe(0);
    const files = await readdir(path.join(project, "node_modules/@acme/first"));
    expect(files.toSorted()).toEqual(["SKILL.md", "package.json"]);
  });

  it("shows every issue of a refused skill, with file and fix", async () => {
    const folder = await acme.folder("broken", {
      "package.json": JSON.stringify({
        name: "@acme/broken",
        version: "1.0.0",
        scripts: { postinstall: "x" },
      }),
      "SKILL.md": "---\nname: Broken Name\ndescription: x\n---\n",
      ".env": "A=1",
    });
    const refused = await acme.npm(["publish", "--ignore-scripts"], { cwd: folder });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("E422");
    expect(refused.stderr).toMatch(/SKILL\.md:2: .*Broken Name/);
    expect(refused.stderr).toMatch(/package\.json.*postinstall/);
    expect(refused.stderr).toMatch(/\.env: /);
    expect((await registry.fetch("/@acme%2fbroken")).status).toBe(404);
  });

  it("refuses a namespace that is not the account's and says whose it is", async () => {
    const refused = await acme.npm(["publish"], { cwd: await acme.skill("@other/thing", "1.0.0") });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('there is no namespace @other, and you are "acme"');
    expect(refused.stderr).toContain("skills namespace create other");
  });

  it("refuses to publish without a login", async () => {
    await using stranger = await npmUser(registry);
    const refused = await stranger.npm(["publish"], { cwd: await stranger.skill("@acme/first", "9.0.0") });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("ENEEDAUTH");
  });

  it("keeps a published version as it is and names the next free one", async () => {
    await acme.npm(["publish"], { cwd: await acme.skill("@acme/fixed", "1.0.0") });
    await acme.npm(["publish"], { cwd: await acme.skill("@acme/fixed", "1.0.1") });
    const again = await jsonOf(registry.fetch("/@acme%2ffixed/1.0.0"));
    const changed = await acme.skill("@acme/fixed", "1.0.0", { "NEW.md": "new" });
    // npm itself refuses a known version before it asks; --force sends it all the same.
    const refused = await acme.npm(["publish", "--force"], { cwd: changed });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/next free version is 1\.0\.2|cannot publish over/);
    expect(await jsonOf(registry.fetch("/@acme%2ffixed/1.0.0"))).toEqual(again);
  });

  it("finds skills with npm search, by words of their text", async () => {
    const cwd = await acme.skill("@acme/tax-return", "1.2.3", { "README.md": "# How to file" });
    expect(await acme.npm(["publish"], { cwd })).toMatchObject({ code: 0 });
    const found = await acme.npm(["search", "tax", "--json"]);
    expect(JSON.parse(found.stdout)).toEqual([
      expect.objectContaining({ name: "@acme/tax-return", version: "1.2.3", keywords: ["sample"] }),
    ]);
    const table = await acme.npm(["search", "TAX"]);
    expect(table.stdout).toContain("@acme/tax-return");
    expect(table.stdout).not.toContain("prehistoric");
  });

  it("answers ping, whoami and profile", async () => {
    expect((await acme.npm(["ping"])).code).toBe(0);
    expect((await acme.npm(["whoami"])).stdout.trim()).toBe("acme");
    expect((await acme.npm(["profile", "get", "name"])).stdout.trim()).toBe("acme");
  });

  it("stars and unstars", async () => {
    await acme.npm(["publish"], { cwd: await acme.skill("@acme/bright", "1.0.0") });
    expect((await acme.npm(["star", "@acme/bright"])).code).toBe(0);
    expect((await acme.npm(["stars"])).stdout.trim()).toBe("@acme/bright");
    expect((await acme.npm(["unstar", "@acme/bright"])).code).toBe(0);
    expect((await acme.npm(["stars"])).stdout.trim()).toBe("");
  });

  it("runs no script and writes nothing but the files of the skill at install", async () => {
    const skill = await acme.skill("@acme/scripted", "1.0.0", { "scripts/run.sh": "#!/bin/sh\n" });
    expect((await acme.npm(["publish"], { cwd: skill })).code).toBe(0);
    const project = await acme.folder("project-2", { "package.json": "{}" });
    await acme.npm(["install", "@acme/scripted"], { cwd: project });
    expect(await readFile(path.join(project, "node_modules/@acme/scripted/scripts/run.sh"), "utf8")).toBe(
      "#!/bin/sh\n",
    );
  });
});
