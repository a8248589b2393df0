import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { defaultSettings } from "../config-file.ts";
import { buildRegistry } from "../open.ts";
import { openStores, type Stores } from "../open-stores.ts";
import { digestOf } from "../store/digest.ts";
import { sweep } from "./sweep.ts";

const HOUR_MS = 3_600_000;
let dir: string;
let stores: Stores;
let close: () => Promise<void>;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "skills-sweep-"));
  const { registry: config } = defaultSettings(dir);
  stores = await openStores(config);
  ({ close } = await buildRegistry(config, stores));
});
afterAll(async () => {
  await close();
  await rm(dir, { recursive: true, force: true });
});

async function orphan(text: string): Promise<ReturnType<typeof digestOf>> {
  const bytes = Buffer.from(text);
  await stores.blobs.put(digestOf(bytes), bytes);
  return digestOf(bytes);
}

it("leaves a blob alone that a publish under way may be about to refer to", async () => {
  const digest = await orphan("young");
  expect(await sweep({ ...stores, now: () => new Date() })).toBe(0);
  expect(await stores.blobs.open(digest).then((blob) => blob?.stream.destroy())).toBeDefined();
});

it("removes what no version refers to after an hour", async () => {
  const digest = await orphan("old");
  const later = (): Date => new Date(Date.now() + HOUR_MS + 1000);
  expect(await sweep({ ...stores, now: later })).toBeGreaterThan(0);
  expect(await stores.blobs.open(digest)).toBeUndefined();
});
