import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { publishSkill, startTeam } from "../support/team.ts";

const ROOT = join(import.meta.dirname, "../..");
const run = promisify(execFile);

test("the bundle that is published does what the sources do", async () => {
  await using team = await startTeam();
  await publishSkill(team, { name: "x", version: "1.0.0", files: { "SKILL.md": skillText("x") } });
  await run(process.execPath, ["--conditions=source", join(ROOT, "scripts/bundle.ts")]);
  const skills = async (...args: string[]): Promise<string> => {
    const options = { cwd: team.project, env: { PATH: process.env["PATH"], HOME: team.home } };
    return (await run(process.execPath, [join(ROOT, "cli/dist/main.js"), ...args], options)).stdout;
  };
  expect(await skills("add", "@acme/x")).toBe(
    "added @acme/x@1.0.0 → .agents/skills/x (claude-code, codex)\n",
  );
  expect(await skills("list")).toContain("@acme/x@1.0.0 ok");
  expect(await skills("validate", ".agents/skills/x")).toBe("valid .agents/skills/x\n");
  expect(await skills("search", "x")).toContain("@acme/x");
  expect(await skills("doctor")).toContain("everything is in order");
});
