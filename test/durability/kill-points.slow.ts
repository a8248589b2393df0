import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { cleanEnvironment, run } from "../support/process.ts";
import { acme, intactVersions, openDomain, publishSample } from "../support/publishing.ts";

const CHILD = path.resolve(import.meta.dirname, "publish-once.ts");
const NEVER = 1_000_000;

it("a process killed at any step of a publish leaves every acknowledged version intact and the publish repeatable", async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), "skills-kill-points-"));
  try {
    // The first publish of a skill asks more than the later ones, whose steps are counted.
    await publishOnce(dir, "0.9.0", NEVER, "before");
    const clean = await publishOnce(dir, "1.0.0", NEVER, "before");
    const steps = Number(clean.split(" ")[1]);
    expect(steps).toBeGreaterThan(20);
    const acknowledged = ["0.9.0", "1.0.0"];
    let killed = 0;
    for (let operation = 1; operation <= steps; operation += 1) {
      for (const moment of ["before", "after"] as const) {
        const version = `1.${operation}.${moment === "before" ? 0 : 1}`;
        const output = await publishOnce(dir, version, operation, moment);
        if (!output.startsWith("201")) killed += 1;
        const registry = await openDomain(dir);
        expect(await intactVersions(registry)).toEqual(expect.arrayContaining(acknowledged));
        const caller = await acme(registry);
        await publishSample(registry, caller, version);
        acknowledged.push(version);
        expect(await intactVersions(registry)).toEqual(acknowledged);
        await registry.close();
      }
    }
    expect(killed).toBe(steps * 2);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

/** What the child printed before it ended or died. */
async function publishOnce(dir: string, version: string, operation: number, moment: string): Promise<string> {
  const args = ["--conditions=source", CHILD, dir, version, String(operation), moment];
  const { stdout, stderr } = await run(process.execPath, args, { cwd: dir, env: cleanEnvironment() });
  expect(stderr).toBe("");
  return stdout;
}
