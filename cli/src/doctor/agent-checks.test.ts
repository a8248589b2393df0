import { execFile } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { makeScratch, skillText, type Scratch } from "../../../test/support/cli.ts";
import type { AgentId } from "../project/agents.ts";
import type { Place } from "../project/project.ts";
import { checkCost, checkDuplicates, checkLinks, contextCost } from "./agent-checks.ts";
import { readersOf, type Sites } from "./readers.ts";

function placeAt(root: string, global: boolean): Place {
  const lockFile = join(root, "skills.lock");
  return { root, global, env: {}, folders: {}, lockFile, canonical: join(root, ".agents/skills") };
}

function sitesOf({ project, home }: Scratch): Sites {
  return { place: placeAt(project, false), home: placeAt(home, true) };
}

/** What each agent reads in the folders of a project and a home. */
async function read(scratch: Scratch, agents: AgentId[]) {
  const sites = sitesOf(scratch);
  return { sites, readers: await readersOf(agents, sites) };
}

/** A SKILL.md of exactly so many characters of name and description. */
function listing(name: string, characters: number, extra = ""): string {
  return `---\nname: ${name}\ndescription: ${"d".repeat(characters - name.length)}\n${extra}---\n\nBody.\n`;
}

async function costOf(scratch: Scratch, agent: AgentId, env = {}) {
  const { sites, readers } = await read(scratch, [agent]);
  const [reader] = readers;
  if (reader === undefined) throw new Error("no reader");
  return contextCost(reader, sites, env);
}

describe("what skills cost an agent", () => {
  test("is the sum of names and descriptions in all folders that it reads, of project and home", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project", { ".claude/skills/a/SKILL.md": listing("a", 101) });
    await scratch.write("home", { ".claude/skills/b/SKILL.md": listing("b", 200) });
    expect(await costOf(scratch, "claude-code")).toEqual({
      agent: "claude-code",
      folders: [".claude/skills", "~/.claude/skills"],
      skills: 2,
      characters: 301,
      tokens: 76,
      limit: 8_000,
    });
  });

  test("counts a skill once that it finds by a link and by its folder", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project", { ".agents/skills/a/SKILL.md": listing("a", 50) });
    await mkdir(join(scratch.project, ".claude/skills"), { recursive: true });
    await symlink("../../.agents/skills/a", join(scratch.project, ".claude/skills/a"));
    expect(await costOf(scratch, "cursor")).toMatchObject({ skills: 1, characters: 50, limit: null });
  });

  test("is within the limit at the limit, and a warning above it", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project", { ".claude/skills/a/SKILL.md": listing("a", 1_000) });
    const env = { SLASH_COMMAND_TOOL_CHAR_BUDGET: "1000" };
    expect(checkCost(await costOf(scratch, "claude-code", env))).toMatchObject({ state: "ok", hint: null });
    const tight = await costOf(scratch, "claude-code", { SLASH_COMMAND_TOOL_CHAR_BUDGET: "999" });
    expect(checkCost(tight)).toMatchObject({
      state: "warning",
      message: expect.stringContaining("1,000 of 999 characters"),
    });
  });

  test.each(["", "0", "-5", "many"])("has the usual limit where the variable is %j", async (value) => {
    await using scratch = await makeScratch();
    const cost = await costOf(scratch, "claude-code", { SLASH_COMMAND_TOOL_CHAR_BUDGET: value });
    expect(cost.limit).toBe(8_000);
  });

  test("is nothing for a skill that the agent does not list", async () => {
    await using scratch = await makeScratch();
    const text = listing("a", 100, "disable-model-invocation: true\n");
    await scratch.write("project", { ".claude/skills/a/SKILL.md": text });
    expect(await costOf(scratch, "claude-code")).toMatchObject({ skills: 0, characters: 0 });
    expect(await costOf(scratch, "cursor")).toMatchObject({ skills: 1, characters: 100 });
  });

  test("passes over what is no skill, and takes a skill without frontmatter by its folder's name", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project", {
      ".claude/skills/README.md": "",
      ".claude/skills/notes/a.md": "",
      ".claude/skills/folder/SKILL.md/not-a-file": "",
      ".claude/skills/.hidden/SKILL.md": listing("hidden", 100),
      ".claude/skills/plain/SKILL.md": "No frontmatter at all.",
    });
    expect(await costOf(scratch, "claude-code")).toMatchObject({ skills: 1, characters: "plain".length });
  });
});

describe("a SKILL.md", () => {
  test("that is a pipe is not waited for", async () => {
    await using scratch = await makeScratch();
    const folder = await scratch.write("project/.claude/skills/pipe", { "notes.md": "" });
    await promisify(execFile)("mkfifo", [join(folder, "SKILL.md")]);
    expect(await costOf(scratch, "claude-code")).toMatchObject({ skills: 0 });
  });

  test("of any size is read as far as its frontmatter goes", async () => {
    await using scratch = await makeScratch();
    const text = listing("a", 100) + "ä".repeat(1024 * 1024);
    await scratch.write("project", { ".claude/skills/a/SKILL.md": text });
    expect(await costOf(scratch, "claude-code")).toMatchObject({ characters: 100 });
  });
});

describe("skills of one name", () => {
  const files = {
    "project/.agents/skills": { "a/SKILL.md": skillText("a") },
    "home/.claude/skills": { "other/SKILL.md": skillText("a") },
  };

  async function layOut(scratch: Scratch): Promise<void> {
    for (const [folder, skills] of Object.entries(files)) await scratch.write(folder, skills);
  }

  test("are reported for every agent that reads both, by their name and not by their folder", async () => {
    await using scratch = await makeScratch();
    await layOut(scratch);
    const { sites, readers } = await read(scratch, ["claude-code", "cursor", "opencode", "codex"]);
    expect(checkDuplicates(readers, sites, new Set())).toEqual([
      expect.objectContaining({
        state: "warning",
        message: "cursor, opencode: there are 2 skills called a: .agents/skills/a, ~/.claude/skills/other",
      }),
    ]);
  });

  test("are meant to be where we placed all of them", async () => {
    await using scratch = await makeScratch();
    await layOut(scratch);
    const { sites, readers } = await read(scratch, ["cursor"]);
    const own = [join(scratch.project, ".agents/skills/a"), join(scratch.home, ".claude/skills/other")];
    expect(checkDuplicates(readers, sites, new Set(own))).toMatchObject([{ state: "ok" }]);
    expect(checkDuplicates(readers, sites, new Set(own.slice(1)))).toMatchObject([{ state: "warning" }]);
  });
});

describe("links that lead nowhere", () => {
  test("are reported where others made them", async () => {
    await using scratch = await makeScratch();
    await mkdir(join(scratch.project, ".claude/skills"), { recursive: true });
    await symlink("nowhere", join(scratch.project, ".claude/skills/theirs"));
    await symlink("round", join(scratch.project, ".claude/skills/round"));
    const ours = join(scratch.project, ".claude/skills/ours");
    await symlink("nowhere", ours);
    const { sites, readers } = await read(scratch, ["claude-code", "cursor"]);
    expect(await checkLinks(readers, sites, new Set([ours]))).toMatchObject({
      state: "warning",
      items: [".claude/skills/round", ".claude/skills/theirs"],
    });
    expect(await checkLinks([], sites, new Set())).toMatchObject({ state: "ok", items: [] });
  });
});
