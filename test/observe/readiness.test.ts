import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { defaultSettings, type Settings } from "../../plugin/src/config-file.ts";
import { openLog } from "../../plugin/src/observe/log.ts";
import { type Readiness, readiness } from "../../plugin/src/observe/readiness.ts";
import type { Stores } from "../../plugin/src/open-stores.ts";
import { troubledStores } from "../support/troubled-stores.ts";

/** How long a check may take here, milliseconds. */
const CHECK_MS = 100;

const troubled = troubledStores();
const lines: string[] = [];
let settings: Settings;
let stores: Stores;

beforeAll(async () => {
  settings = defaultSettings(await mkdtemp(path.join(os.tmpdir(), "skills-readiness-")));
  stores = await troubled.open(settings);
});
afterAll(async () => {
  await stores.metadata.close();
  await stores.blobs.close();
  await rm(path.dirname(settings.file), { recursive: true, force: true });
});

/** Asks the stores whenever it is asked, and begins a log of its own. */
function freshReadiness(): Readiness {
  lines.length = 0;
  const log = openLog();
  log.attach((text) => lines.push(text));
  return readiness({ ...stores, log }, { keptMs: 0, checkMs: CHECK_MS });
}

it("a store that hangs counts as failed in time, and is not asked again while it hangs", async () => {
  const ready = freshReadiness();
  troubled.trouble.metadata = "hanging";
  const before = troubled.calls.length;
  for (let index = 0; index < 3; index += 1) {
    const checks = { database: "failed", migrations: "failed", blobs: "ok" };
    expect(await ready.check()).toEqual({ status: "failed", checks });
  }
  const asked = troubled.calls.slice(before).filter((call) => call.startsWith("metadata."));
  expect(asked.toSorted()).toEqual(["metadata.check", "metadata.isMigrated"]);
  troubled.trouble.metadata = "none";
});

it("the log says why a part is not ready, once while that lasts, and that it is ready again", async () => {
  const ready = freshReadiness();
  await ready.check();
  troubled.trouble.blobs = "away";
  for (let index = 0; index < 3; index += 1) expect((await ready.check()).status).toBe("failed");
  expect(ready.gauges.map(({ labels, read }) => [labels?.["check"], read()])).toEqual([
    ["database", 1],
    ["migrations", 1],
    ["blobs", 0],
  ]);
  troubled.trouble.blobs = "none";
  expect((await ready.check()).status).toBe("ok");
  expect(lines).toEqual(["blobs is not ready: connect ECONNREFUSED 192.0.2.1:5432", "blobs is ready again"]);
});

it("a database that lacks a migration is not ready", async () => {
  const ready = freshReadiness();
  const database = new DatabaseSync(path.join(settings.registry.data, "registry.sqlite"), { timeout: 5_000 });
  const last = database.prepare("delete from migrations where name like '0004%' returning *").get();
  expect(await ready.check()).toMatchObject({ status: "failed", checks: { migrations: "failed" } });
  database.prepare("insert into migrations (name, timestamp) values (?, ?)").run(String(last?.["name"]), "x");
  database.close();
  expect((await ready.check()).status).toBe("ok");
  expect(lines[0]).toBe("migrations is not ready: the database lacks migrations of this release");
});

it("a node that drains is not ready, whatever its stores say", async () => {
  const ready = freshReadiness();
  ready.drain();
  troubled.trouble.metadata = "hanging";
  expect(await ready.check()).toEqual({ status: "draining", checks: {} });
  troubled.trouble.metadata = "none";
});
