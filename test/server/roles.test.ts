import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { cleanEnvironment, run } from "../support/process.ts";

const MAIN = path.resolve(import.meta.dirname, "../../plugin/src/main.ts");
const BREAK = path.resolve(import.meta.dirname, "../support/break-plugin.ts");

it.each([
  ["auth", "did not load the skills plugin as auth: refusing to start"],
  ["middleware", "did not load the skills plugin as middleware: refusing to start"],
  ["storage", "storage path not defined"],
])("skills-registry does not start when the host lacks its %s role", async (role, message) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "skills-roles-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const args = [
    "--conditions=source",
    "--import",
    BREAK,
    MAIN,
    "--port",
    "0",
    "--data",
    path.join(folder, "data"),
  ];
  const env = { ...cleanEnvironment(), MISSING_ROLE: role };
  const ended = await run(process.execPath, args, { cwd: folder, env });
  expect(ended.stderr).toContain(message);
  expect(ended.code).toBe(1);
  expect(ended.stdout).not.toContain("skills registry on");
});
