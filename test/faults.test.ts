import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { toSkillsError } from "../plugin/src/http/failure.ts";
import type { Registry } from "../plugin/src/open.ts";
import type { Caller } from "../plugin/src/registry/caller.ts";
import { countOnly, failAt, type FaultCode, type FaultPlan, faultPoints } from "./support/faulty-store.ts";
import { acme, intactVersions, openDomain, publishSample, whenArmed } from "./support/publishing.ts";

async function inFreshFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(path.join(os.tmpdir(), "skills-faults-"));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Opens the registry with sound stores, and lets the plan loose on one publish. */
async function publishUnder(
  dir: string,
  plan: FaultPlan,
  version: string,
): Promise<{ registry: Registry; caller: Caller; outcome: unknown }> {
  const armed = whenArmed(plan);
  const registry = await openDomain(dir, armed);
  const caller = await acme(registry);
  await registry.swept;
  armed.arm();
  const outcome = await publishSample(registry, caller, version).catch((error: unknown) => error);
  return { registry, caller, outcome };
}

describe.each<FaultCode>(["ENOSPC", "EIO"])("when the n-th operation of a publish fails with %s", (code) => {
  it("for every n, acknowledged versions stay intact and the publish can be repeated", async () => {
    await inFreshFolder(async (dir) => {
      const first = await publishUnder(dir, countOnly(), "0.0.1");
      expect(first.outcome).toMatchObject({ action: "created" });
      await first.registry.close();
      const counted = countOnly();
      const clean = await publishUnder(dir, counted, "0.0.2");
      expect(clean.outcome).toMatchObject({ action: "updated" });
      await clean.registry.close();
      const acknowledged = ["0.0.1", "0.0.2"];
      let failures = 0;
      for (const [index, point] of faultPoints(counted.operations.length).entries()) {
        const version = `1.0.${index}`;
        const { registry, caller, outcome } = await publishUnder(dir, failAt(point, code), version);
        if (outcome instanceof Error) {
          failures += 1;
          expect(toSkillsError(outcome).code).toBe("ESTORAGE");
        }
        // The same process goes on, and the same publish goes through.
        expect(["updated", "unchanged"]).toContain((await publishSample(registry, caller, version)).action);
        acknowledged.push(version);
        await registry.close();
        const reopened = await openDomain(dir);
        expect(await intactVersions(reopened)).toEqual(acknowledged);
        await reopened.close();
      }
      expect(failures).toBeGreaterThan(counted.operations.length);
    });
  }, 60_000);
});
