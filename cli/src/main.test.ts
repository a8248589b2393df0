import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { makeScratch } from "../../test/support/cli.ts";
import { makeUpstream } from "../../test/support/upstream.ts";

test("a command goes on to its end, and tidies up, when nobody reads its messages any more", async () => {
  await using scratch = await makeScratch();
  const repository = await makeUpstream(join(scratch.project, "upstream"));
  await repository.commit({ "x/SKILL.md": "No frontmatter.\n" });
  const temporary = await scratch.write("temporary", { kept: "" });
  const args = ["import", repository.url, "--namespace", "@acme", "--registry", "http://127.0.0.1:9"];
  const child = spawn(
    process.execPath,
    ["--conditions=source", join(import.meta.dirname, "main.ts"), ...args],
    {
      cwd: scratch.project,
      env: { PATH: process.env["PATH"], HOME: scratch.home, TMPDIR: temporary },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  child.stderr.destroy();
  const [stdout] = await Promise.all([text(child.stdout), once(child, "close")]);
  expect(stdout).toContain("1 invalid");
  expect(child.exitCode).toBe(1);
  expect((await readdir(temporary)).filter((name) => name.startsWith("skills-"))).toEqual([]);
});
