import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { failAt, faultyMetadata, type FaultPlan } from "../../../test/support/faulty-store.ts";
import type { Metadata } from "../store/metadata.ts";
import { openSqlite } from "../store/metadata/sqlite/open.ts";
import { localNodes } from "../store/nodes/local.ts";
import { type DownloadCounter, downloadCounter } from "./downloads.ts";

const ALWAYS = { from: "0001-01-01", to: "9999-12-31" };
/** Longer than any test. */
const NEVER_MS = 3_600_000;

describe("downloadCounter", () => {
  let dir: string;
  let metadata: Metadata;
  let packageId: number;
  let now: Date;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), "skills-downloads-"));
    metadata = await openSqlite({ file: path.join(dir, "registry.sqlite") });
    now = new Date("2026-03-01T10:00:00.000Z");
    packageId = await addPackage("@acme/sample");
  });
  afterEach(async () => {
    await metadata.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function addPackage(name: string): Promise<number> {
    const at = now.toISOString();
    return (
      await metadata.transaction((tx) =>
        tx.insertPackage({ name, visibility: "public", namespace: "acme", at }),
      )
    ).id;
  }

  function counterOver(
    store: Metadata,
    options: { flushMs?: number; failed?: (error: unknown) => void } = {},
  ) {
    return downloadCounter(
      { metadata: store, nodes: localNodes(), now: () => now },
      { flushMs: NEVER_MS, failed: () => undefined, ...options },
    );
  }

  /** Downloads by so many clients. */
  function countClients(counter: DownloadCounter, count: number, version = "1.0.0"): void {
    for (let index = 0; index < count; index += 1) {
      counter.count({
        packageId,
        version,
        address: `10.1.${index >> 8}.${index & 255}`,
        userAgent: "npm/11.0.0",
      });
    }
  }

  it("writes nothing before the flush, and each download once", async () => {
    const counter = counterOver(metadata);
    countClients(counter, 3);
    countClients(counter, 2, "1.1.0");
    expect(await metadata.downloads(packageId, ALWAYS)).toEqual([]);
    await counter.flush();
    await counter.flush();
    expect(await metadata.downloadsByVersion(packageId, ALWAYS)).toEqual([
      { version: "1.0.0", count: 3 },
      { version: "1.1.0", count: 2 },
    ]);
    await counter.close();
    expect(await metadata.allDownloads(ALWAYS)).toEqual([{ day: "2026-03-01", count: 5 }]);
  });

  it("counts a download on the day it happened, however late it is written", async () => {
    const counter = counterOver(metadata);
    now = new Date("2026-03-01T23:59:59.999Z");
    countClients(counter, 1);
    now = new Date("2026-03-02T00:00:00.000Z");
    countClients(counter, 1);
    await counter.close();
    expect(await metadata.downloads(packageId, ALWAYS)).toEqual([
      { day: "2026-03-01", count: 1 },
      { day: "2026-03-02", count: 1 },
    ]);
  });

  it("keeps reported installs apart", async () => {
    const counter = counterOver(metadata);
    const install = { packageId, version: "1.0.0", address: "10.0.0.1", userAgent: "skills/1.0.0" };
    counter.countInstall(install);
    counter.countInstall(install);
    await counter.close();
    expect(await metadata.installs(packageId, ALWAYS)).toBe(1);
    expect(await metadata.downloads(packageId, ALWAYS)).toEqual([]);
  });

  it("flushes by itself, and at the latest when it is closed", async () => {
    const counter = counterOver(metadata, { flushMs: 5 });
    countClients(counter, 1);
    await vi.waitFor(async () => expect(await metadata.downloads(packageId, ALWAYS)).toHaveLength(1));
    await counter.close();
    const last = counterOver(metadata);
    countClients(last, 2, "2.0.0");
    await last.close();
    expect(await metadata.downloadsByVersion(packageId, ALWAYS)).toContainEqual({
      version: "2.0.0",
      count: 2,
    });
  });

  it.each(["before", "after"] as const)(
    "a flush that fails %s its first write loses nothing and is tried again",
    async (moment) => {
      const failed = vi.fn<(error: unknown) => void>();
      const counter = counterOver(faultyMetadata(metadata, failAt({ operation: 2, moment }, "ENOSPC")), {
        failed,
        flushMs: 5,
      });
      countClients(counter, 4);
      await vi.waitFor(() =>
        expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: "ENOSPC" })),
      );
      countClients(counter, 1, "1.1.0");
      await vi.waitFor(async () =>
        expect(await metadata.downloadsByVersion(packageId, ALWAYS)).toHaveLength(2),
      );
      await counter.close();
      expect(failed).toHaveBeenCalledOnce();
      expect(await metadata.allDownloads(ALWAYS)).toEqual([{ day: "2026-03-01", count: 5 }]);
    },
  );

  it("does not lose what is counted while it writes", async () => {
    const plan = whileWriting(() => countClients(counter, 7));
    const counter = counterOver(faultyMetadata(metadata, plan));
    countClients(counter, 3);
    await counter.flush();
    await counter.close();
    expect(await metadata.downloads(packageId, ALWAYS)).toEqual([{ day: "2026-03-01", count: 7 }]);
  });

  it("writes many versions in several transactions, so that others get their turn", async () => {
    const counter = counterOver(metadata);
    for (let patch = 0; patch < 1_000; patch += 1) countClients(counter, 1, `1.0.${patch}`);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    await counter.flush();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
    await counter.close();
    expect(await metadata.downloadsByVersion(packageId, ALWAYS)).toHaveLength(1_000);
  });

  it("has all packages forget the oldest day once a day, and at the start", async () => {
    const refreshed: string[] = [];
    const counter = counterOver(watched(metadata, refreshed));
    for (let index = 0; index < 450; index += 1) await addPackage(`@acme/p${index}`);
    await counter.flush();
    const start = refreshed.splice(0);
    expect(start.length).toBeGreaterThan(1);
    expect(new Set(start)).toEqual(new Set(["2026-03-01"]));
    await counter.flush();
    expect(refreshed).toEqual([]);
    now = new Date("2026-03-02T00:00:01.000Z");
    await counter.flush();
    expect(refreshed).toEqual(start.map(() => "2026-03-02"));
    await counter.close();
  });
});

/** Calls `action` once, in the middle of the first transaction. */
function whileWriting(action: () => void): FaultPlan {
  const plan = failAt({ operation: 0, moment: "before" }, "EIO");
  let done = false;
  return {
    operations: plan.operations,
    next(name) {
      if (name === "tx.addDownloads" && !done) {
        done = true;
        action();
      }
      return plan.next(name);
    },
  };
}

/** Notes the day of every refresh. */
function watched(metadata: Metadata, days: string[]): Metadata {
  return {
    ...metadata,
    transaction: (work) =>
      metadata.transaction((tx) =>
        work({
          ...tx,
          refreshDownloads: async (day, packageIds) => {
            days.push(day);
            await tx.refreshDownloads(day, packageIds);
          },
        }),
      ),
  };
}
