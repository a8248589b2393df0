import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeScratch } from "../../../test/support/cli.ts";
import {
  AGENTS,
  CANONICAL_FOLDER,
  COMMON_AGENTS,
  DEFAULT_AGENTS,
  agentFolder,
  agentIds,
  detectAgents,
  folderOverride,
  isAgentId,
  requireAgent,
  type Site,
} from "./agents.ts";

function project(details: Partial<Site> = {}): Site {
  return { root: "/project", global: false, env: {}, folders: {}, ...details };
}

function home(env: Site["env"] = {}): Site {
  return { root: "/home/ada", global: true, env, folders: {} };
}

/** The folder of each of these agents. */
function foldersOf(ids: readonly string[], site: Site): Record<string, string> {
  return Object.fromEntries(ids.map((id) => [id, agentFolder(id, site)]));
}

describe("the table of agents", () => {
  test("gives every agent a well-formed id that no other id or alias repeats", () => {
    const all = Object.entries(AGENTS).flatMap(([id, { aliases = [] }]) => [id, ...aliases]);
    expect(all.filter((id) => !isAgentId(id))).toEqual([]);
    expect(all.filter((id, index) => all.indexOf(id) !== index)).toEqual([]);
    expect(Object.keys(AGENTS).length).toBeGreaterThan(70);
  });

  test.each(Object.entries(AGENTS))("has only relative paths without .. for %s", (_, agent) => {
    const paths = [agent.project, agent.home ?? "skills", ...agent.projectSigns, ...agent.homeSigns];
    for (const path of paths) expect(path).toMatch(/^(?!.*\.\.)[\w.][\w./-]*[\w]$/);
    expect(agent.project).toMatch(/(^|\/)skills$/);
  });

  test("has a variable for no agent whose home folder and traces it cannot move", () => {
    const moved = Object.values(AGENTS).filter(({ variable }) => variable !== undefined);
    for (const { variable, home = "", homeSigns } of moved) {
      const paths = [home, ...homeSigns].map((path) => `${path}/`);
      expect(paths.some((path) => path.startsWith(`${variable?.standsFor}/`))).toBe(true);
    }
  });

  test("has the commonest agents and the default ones", () => {
    for (const id of [...COMMON_AGENTS, ...DEFAULT_AGENTS]) expect(Object.keys(AGENTS)).toContain(id);
  });
});

describe("an agent's folder", () => {
  test("of the commonest agents in a project is the canonical one, or that of Claude Code", () => {
    const site = project({ env: { CLAUDE_CONFIG_DIR: "/elsewhere", CODEX_HOME: "/elsewhere" } });
    expect(foldersOf(COMMON_AGENTS, site)).toEqual({
      "claude-code": "/project/.claude/skills",
      codex: "/project/.agents/skills",
      cursor: "/project/.agents/skills",
      "github-copilot": "/project/.agents/skills",
      "gemini-cli": "/project/.agents/skills",
      opencode: "/project/.agents/skills",
    });
  });

  test("of the commonest agents in a home is their own", () => {
    expect(foldersOf(COMMON_AGENTS, home())).toEqual({
      "claude-code": "/home/ada/.claude/skills",
      codex: "/home/ada/.agents/skills",
      cursor: "/home/ada/.cursor/skills",
      "github-copilot": "/home/ada/.copilot/skills",
      "gemini-cli": "/home/ada/.gemini/skills",
      opencode: "/home/ada/.config/opencode/skills",
    });
  });

  test.each([
    ["openclaw", "/project/skills", "/home/ada/.openclaw/skills"],
    ["astrbot", "/project/data/skills", "/home/ada/.astrbot/data/skills"],
    ["windsurf", "/project/.windsurf/skills", "/home/ada/.codeium/windsurf/skills"],
    ["cortex", "/project/.cortex/skills", "/home/ada/.snowflake/cortex/skills"],
    ["kimchi", "/project/.kimchi/skills", "/home/ada/.config/kimchi/harness/skills"],
    ["posit-assistant", "/project/.posit/assistant/skills", "/home/ada/.posit/assistant/skills"],
    ["trae-cn", "/project/.trae/skills", "/home/ada/.trae-cn/skills"],
  ])("of %s is irregular", (id, inProject, inHome) => {
    expect(agentFolder(id, project())).toBe(inProject);
    expect(agentFolder(id, home())).toBe(inHome);
  });

  test.each([
    ["claude-code", { CLAUDE_CONFIG_DIR: "/conf/claude" }, "/conf/claude/skills"],
    ["claude-code", { CLAUDE_CONFIG_DIR: "" }, "/home/ada/.claude/skills"],
    ["claude-code", { CLAUDE_CONFIG_DIR: "conf" }, "/home/ada/conf/skills"],
    ["codex", { CODEX_HOME: "/conf/codex" }, "/home/ada/.agents/skills"],
    ["grok", { GROK_HOME: "/conf/grok" }, "/conf/grok/skills"],
    ["hermes-agent", { HERMES_HOME: "/conf/h" }, "/conf/h/skills"],
    ["mistral-vibe", { VIBE_HOME: "/conf/vibe" }, "/conf/vibe/skills"],
    ["autohand-code", { AUTOHAND_HOME: "/conf/a" }, "/conf/a/skills"],
    ["sarvam-code", { SARVAM_HOME: "/conf/s" }, "/home/ada/.agents/skills"],
    ["opencode", { XDG_CONFIG_HOME: "/conf" }, "/conf/opencode/skills"],
    ["kimchi", { XDG_CONFIG_HOME: "/conf" }, "/conf/kimchi/harness/skills"],
    ["cursor", { XDG_CONFIG_HOME: "/conf" }, "/home/ada/.cursor/skills"],
  ])("of %s in a home with %j is %s", (id, env, folder) => {
    expect(agentFolder(id, home(env))).toBe(folder);
  });

  test("is the one that skills.json gives, for agents of the table and for others", () => {
    const site = project({
      folders: { cursor: ".cursor/skills", "zz-ours": "tools/zz", ours: "tools/skills" },
    });
    expect(agentFolder("cursor", site)).toBe("/project/.cursor/skills");
    expect(agentFolder("ours", site)).toBe("/project/tools/skills");
    expect(agentIds(site)).toEqual([...Object.keys(AGENTS), "ours", "zz-ours"]);
  });
});

describe("the name of an agent", () => {
  test.each([
    ["claude", "claude-code"],
    ["vibe", "mistral-vibe"],
    ["zenflow", "zencoder"],
    ["cursor", "cursor"],
  ])("%s stands for %s", (text, id) => {
    expect(requireAgent(text, project())).toBe(id);
  });

  test("is that of an agent of one's own before it is an alias", () => {
    expect(requireAgent("forge", project({ folders: { forge: "forge/skills" } }))).toBe("forge");
  });

  test.each([
    ["cursr", "Did you mean cursor?"],
    ["nothing-like-it", "Run skills doctor --agents to see all of them"],
    ["constructor", "Run skills doctor --agents to see all of them"],
    ["__proto__", "Run skills doctor --agents to see all of them"],
  ])("%j is refused with what to do", (text, hint) => {
    expect(() => requireAgent(text, project())).toThrow(
      expect.objectContaining({ code: "ENOAGENT", hint: expect.stringContaining(hint) }),
    );
  });

  test("of an agent that reads projects only is refused in a home", () => {
    expect(requireAgent("eve", project())).toBe("eve");
    expect(agentIds(home())).not.toContain("eve");
    expect(() => requireAgent("eve", home())).toThrow(
      expect.objectContaining({
        code: "ENOAGENT",
        message: "eve reads skills in projects only",
        hint: "Run the command in a project, without --global.",
      }),
    );
  });

  test.each(["", "Cursor", "a b", "-a", "a--b", "a/b", "a".repeat(65)])(
    "%j has not the form of one",
    (text) => {
      expect(isAgentId(text)).toBe(false);
    },
  );
});

describe("agents are detected", () => {
  test("by their traces in a project, in the order of the table", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project", { ".windsurfrules": "", ".cursor/rules/a.md": "", "GEMINI.md": "" });
    const site = project({ root: scratch.project });
    expect(await detectAgents(site)).toEqual(["cursor", "gemini-cli", "windsurf"]);
  });

  test("by no folder that projects have for other reasons", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project", {
      "skills/a/SKILL.md": "",
      ".agents/skills/a/SKILL.md": "",
      "AGENTS.md": "",
    });
    expect(await detectAgents(project({ root: scratch.project }))).toEqual([]);
  });

  test("by their traces in a home, where a variable says", async () => {
    await using scratch = await makeScratch();
    await scratch.write("home", { ".codex/config.toml": "", ".claude/settings.json": "" });
    await scratch.write("conf", { "goose/config.yaml": "" });
    const env = { XDG_CONFIG_HOME: join(scratch.home, "../conf"), CODEX_HOME: "/nowhere" };
    const site = { root: scratch.home, global: true, env, folders: {} };
    expect(await detectAgents(site)).toEqual(["claude-code", "goose"]);
  });

  test("when skills.json gives them a folder", async () => {
    await using scratch = await makeScratch();
    const folders = { ours: "ours/skills", kode: "kode/skills" };
    expect(await detectAgents(project({ root: scratch.project, folders }))).toEqual(["kode", "ours"]);
  });
});

describe("a folder in skills.json", () => {
  test.each(["skills", ".x/skills", "a/b/c", CANONICAL_FOLDER, ".agents-x/skills"])("may be %s", (folder) => {
    expect(folderOverride.safeParse(folder).success).toBe(true);
  });

  test.each([
    "",
    ".",
    "..",
    "../other/skills",
    "a/../../b",
    "a//b",
    "a/.. /b",
    "a/",
    "/etc/skills",
    "C:/skills",
    "a\\b",
    ".git/hooks",
    "a/.GIT/x",
    "node_modules/x",
    ".agents",
    ".agents/skills/x",
    "a\u001b[2J",
    "a\0b",
  ])("may not be %j", (folder) => {
    expect(folderOverride.safeParse(folder).success).toBe(false);
  });
});
