import { lstat, mkdir, readlink, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

describe("skills add --agent", () => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await startRegistry();
    await release({ token: await registry.account("acme"), registry }, { name: "@acme/alpha" });
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
  });

  async function add(made: TestProject, ...agents: string[]) {
    return made.skills(["add", "@acme/alpha", ...agents.flatMap((agent) => ["--agent", agent])]);
  }

  /** Every link of the project and where it leads. */
  async function links(made: TestProject): Promise<Record<string, string>> {
    const tree = Object.entries(await made.tree());
    return Object.fromEntries(tree.filter(([, what]) => what.startsWith("→ ")));
  }

  test("links into folders of every shape, and once into one that several agents share", async () => {
    await using made = await makeProject(registry.url);
    const result = await add(made, "openclaw", "astrbot", "trae", "trae-cn", "posit-assistant", "codex");
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(await links(made)).toEqual({
      "skills/alpha": "→ ../.agents/skills/alpha",
      "data/skills/alpha": "→ ../../.agents/skills/alpha",
      ".trae/skills/alpha": "→ ../../.agents/skills/alpha",
      ".posit/assistant/skills/alpha": "→ ../../../.agents/skills/alpha",
    });
    await made.skills(["remove", "@acme/alpha"]);
    expect(Object.keys(await made.tree()).filter((path) => path.includes("skills/"))).toEqual([]);
  });

  test("takes another name that an agent has, and writes the main one down", async () => {
    await using made = await makeProject(registry.url);
    expect((await add(made, "claude")).stdout).toContain("(claude-code)");
    expect(JSON.parse(await made.file("skills.json")).agents).toEqual(["claude-code"]);
  });

  test("installs for an agent that only skills.json knows", async () => {
    await using made = await makeProject(registry.url, {
      files: { "skills.json": '{ "skills": {}, "folders": { "ours": "tools/ours/skills" } }' },
    });
    expect(await add(made, "ours")).toMatchObject({ code: 0 });
    expect(await links(made)).toEqual({ "tools/ours/skills/alpha": "→ ../../../.agents/skills/alpha" });
  });

  test.each([
    ["cursr", 'there is no agent "cursr"', "Did you mean cursor?"],
    ["our-own", 'there is no agent "our-own"', "Run skills doctor --agents"],
  ])("refuses %s, and says what to do", async (agent, message, hint) => {
    await using made = await makeProject(registry.url);
    const { code, stdout, stderr } = await add(made, agent);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`error ENOAGENT: ${message}\nhint: ${hint}`);
    expect(await made.tree()).toEqual({});
  });

  test("refuses an agent that reads projects only in a home", async () => {
    await using made = await makeProject(registry.url);
    const { code, stderr } = await made.skills(["add", "@acme/alpha", "--global", "--agent", "eve"]);
    expect(code).toBe(1);
    expect(stderr).toContain("error ENOAGENT: eve reads skills in projects only");
    expect(await lstat(join(made.home, ".agents")).catch(() => undefined)).toBeUndefined();
  });

  test.each(["../outside", "/tmp/outside", ".git/skills", "node_modules/x", ".agents/skills/x"])(
    "refuses the folder %s in skills.json",
    async (folder) => {
      const text = JSON.stringify({ skills: {}, folders: { ours: folder } });
      await using made = await makeProject(registry.url, { files: { "skills.json": text } });
      const before = await made.tree();
      const { code, stderr } = await add(made, "ours");
      expect(code).toBe(1);
      expect(stderr).toContain("error ESKILLPROJECT: ");
      expect(stderr).toContain("is not a folder of an agent's own");
      expect(await made.tree()).toEqual(before);
    },
  );

  test("refuses a folder of skills.json that is a link out of the project", async () => {
    const text = '{ "skills": {}, "folders": { "ours": "tools/skills" } }';
    await using made = await makeProject(registry.url, { files: { "skills.json": text } });
    await mkdir(join(made.folder, "tools"));
    await symlink(made.home, join(made.folder, "tools/skills"));
    const before = await made.tree();
    const { code, stderr } = await add(made, "ours");
    expect(code).toBe(1);
    expect(stderr).toContain("tools/skills is a link that leads out of the project");
    expect(await made.tree()).toEqual(before);
    expect(await readlink(join(made.folder, "tools/skills"))).toBe(made.home);
  });

  test("uses a home's own folders, and those that variables name", async () => {
    await using made = await makeProject(registry.url);
    const env = { XDG_CONFIG_HOME: join(made.home, "conf"), CODEX_HOME: join(made.home, "codex") };
    const args = ["add", "@acme/alpha", "--global", "-a", "goose", "-a", "codex", "-a", "windsurf"];
    expect(await made.skills(args, { env })).toMatchObject({ code: 0 });
    const canonical = join(made.home, ".agents/skills/alpha");
    expect((await lstat(canonical)).isDirectory()).toBe(true);
    expect(await readlink(join(made.home, "conf/goose/skills/alpha"))).toBe("../../../.agents/skills/alpha");
    expect(await readlink(join(made.home, ".codeium/windsurf/skills/alpha"))).toBe(
      "../../../.agents/skills/alpha",
    );
    expect(await lstat(join(made.home, "codex")).catch(() => undefined)).toBeUndefined();
  });
});
