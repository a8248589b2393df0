import type { Gauge } from "./gauges.ts";
import type { Log } from "./log.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Metadata } from "../store/metadata.ts";
import { type Check, type CheckName, watchedCheck } from "./check.ts";

/** However many ask, the stores are asked once in this time. */
const KEPT_MS = 1_000;

/** Strangers may read it: it says what failed, and the log why. */
export interface Health {
  status: "ok" | "failed" | "draining";
  checks: Partial<Record<CheckName, "ok" | "failed">>;
}

export interface Readiness {
  /** Whether the node can answer requests; never rejects, and takes no longer than 2 s. */
  check(): Promise<Health>;
  /** From now on the node is not ready: it is about to stop. */
  drain(): void;
  gauges: Gauge[];
}

interface Options {
  keptMs?: number;
  /** How long a check may take; see check.ts. */
  checkMs?: number;
}

export function readiness(
  { log, ...stores }: { metadata: Metadata; blobs: Blobs; log: Log },
  { keptMs = KEPT_MS, checkMs }: Options = {},
): Readiness {
  const checks = checksOf(stores).map((check) => watchedCheck(check, log, checkMs));
  let draining = false;
  let last: { at: number; health: Health } | undefined;
  let running: Promise<Health> | undefined;

  async function ask(): Promise<Health> {
    const passed = await Promise.all(checks.map(async (check) => await check.passes()));
    const results = checks.map(
      ({ name }, index) => [name, passed[index] === true ? "ok" : "failed"] as const,
    );
    const health: Health = {
      status: passed.every(Boolean) ? "ok" : "failed",
      checks: Object.fromEntries(results),
    };
    last = { at: performance.now(), health };
    running = undefined;
    return health;
  }

  return {
    async check() {
      if (draining) return { status: "draining", checks: {} };
      if (last !== undefined && performance.now() - last.at < keptMs) return last.health;
      return await (running ??= ask());
    },
    drain() {
      draining = true;
    },
    gauges: checks.map(({ name }) => ({
      name: "skills_ready",
      labels: { check: name },
      read: () => (last?.health.checks[name] === "failed" ? 0 : 1),
    })),
  };
}

function checksOf({ metadata, blobs }: { metadata: Metadata; blobs: Blobs }): Check[] {
  return [
    { name: "database", ask: async () => await metadata.check() },
    {
      name: "migrations",
      async ask() {
        if (!(await metadata.isMigrated())) throw new Error("the database lacks migrations of this release");
      },
    },
    { name: "blobs", ask: async () => await blobs.check() },
  ];
}
