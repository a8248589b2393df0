import { expect, test } from "vitest";
import { agentsOf } from "./agents.ts";

test.each([
  ["Designed for Claude Code", ["claude-code"]],
  ["Requires claude-code or similar", ["claude-code"]],
  ["Claude Code, Codex and Cursor.", ["claude-code", "codex", "cursor"]],
  ["Works with any GitHub Copilot CLI session. Optional: git, gh CLI.", ["github-copilot"]],
  ["Gemini CLI or OpenCode", ["gemini-cli", "opencode"]],
  ["Requires the Cowork desktop app", ["claude"]],
  ["Claude Desktop or claude.ai", ["claude"]],
  ["Python 3.10+", []],
  ["Requires the Gemini API", []],
  ["Calls api.anthropic.com/claude-3 with a cursor position", []],
  ["Uses a pre-amp and the AMP framework", []],
  ["", []],
])("%j names %j", (compatibility, agents) => {
  expect(agentsOf(compatibility)).toEqual(agents);
});
