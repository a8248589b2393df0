import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { downloadsAnswer } from "../../schema/src/index.ts";
import type { Settings } from "../../plugin/src/config-file.ts";
import { openStores, type Stores } from "../../plugin/src/open-stores.ts";
import { jsonOf } from "../support/json.ts";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const DAY_MS = 86_400_000;
/** The interval of the counter, and more than it. */
const FLUSH_MS = 60_000;

interface Point {
  downloads: number;
  start: string;
  end: string;
  package?: string;
}
interface Range extends Omit<Point, "downloads"> {
  downloads: { day: string; downloads: number }[];
}

describe("downloads", () => {
  let registry: TestRegistry;
  let token: string;

  beforeAll(async () => {
    // Only its timer: the registry is flushed when a test says so.
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    registry = await startRegistry();
    token = await registry.account("acme");
  });
  afterAll(async () => {
    vi.useRealTimers();
    await registry[Symbol.asyncDispose]();
  });

  async function publish(skill: string, ...versions: string[]): Promise<void> {
    for (const version of versions) {
      const body = JSON.stringify(publishBody({ name: `@acme/${skill}`, version }));
      const answer = await registry.fetch(`/@acme%2f${skill}`, { method: "PUT", token, body });
      expect(answer.status).toBe(201);
    }
  }

  async function download(skill: string, version: string, init: RequestInit = {}): Promise<number> {
    const headers = {
      "user-agent": "npm/11.2.0 node/v24.1.0 linux x64",
      ...Object.fromEntries(new Headers(init.headers)),
    };
    const answer = await registry.fetch(`/@acme/${skill}/-/${skill}-${version}.tgz`, { ...init, headers });
    await answer.arrayBuffer();
    return answer.status;
  }

  async function total(skill: string): Promise<number> {
    const found = downloadsAnswer.parse(await jsonOf(registry.fetch(`/api/skills/acme/${skill}/downloads`)));
    return found.total;
  }

  /** Waits until the counts of a skill are written: a client has a tarball a moment before the registry knows that it has. */
  async function written(skill: string, count: number): Promise<void> {
    const check = async (): Promise<void> => {
      vi.advanceTimersByTime(FLUSH_MS);
      expect(await total(skill)).toBe(count);
    };
    await vi.waitFor(check, { interval: 20 });
  }

  /** Only after a later download was written is it sure that an earlier request was not counted. */
  async function marker(skill: string): Promise<void> {
    await publish(skill, "9.9.9");
    await download(skill, "9.9.9");
    await written(skill, 1);
  }

  it("counts a client once for each version, and tells them by day and by version", async () => {
    await publish("counted", "1.0.0", "1.1.0");
    for (const version of ["1.0.0", "1.0.0", "1.1.0"]) expect(await download("counted", version)).toBe(200);
    expect(await download("counted", "1.0.0", { headers: { "user-agent": "pnpm/10.0.0" } })).toBe(200);
    await written("counted", 3);
    const answer = await registry.fetch("/api/skills/acme/counted/downloads?range=last-week");
    expect(answer.headers.get("etag")).not.toBeNull();
    const found = downloadsAnswer.parse(await jsonOf(answer));
    expect(found).toMatchObject({
      total: 3,
      installs: 0,
      versions: [
        { version: "1.0.0", count: 2 },
        { version: "1.1.0", count: 1 },
      ],
    });
    expect(found.days).toHaveLength(7);
    expect(found.days.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 0, 3]);
    expect([found.days[0]?.day, found.days[6]?.day]).toEqual([found.range.from, found.range.to]);
  });

  it("counts robots as one client", async () => {
    await publish("crawled", "1.0.0");
    for (const agent of ["Googlebot/2.1", "bingbot/2.0", "curl/8.0"]) {
      await download("crawled", "1.0.0", { headers: { "user-agent": agent } });
    }
    await written("crawled", 1);
    expect(await total("crawled")).toBe(1);
  });

  it("counts neither HEAD, nor 304, nor the middle of a tarball, nor a version that is not there", async () => {
    await publish("asked", "1.0.0");
    const whole = await registry.fetch("/@acme/asked/-/asked-1.0.0.tgz", { method: "HEAD" });
    const etag = whole.headers.get("etag") ?? "";
    expect(await download("asked", "1.0.0", { headers: { "if-none-match": etag } })).toBe(304);
    expect(await download("asked", "1.0.0", { headers: { range: "bytes=5-" } })).toBe(206);
    expect(await download("asked", "2.0.0")).toBe(404);
    await marker("asked-marker");
    expect(await total("asked")).toBe(0);
    expect(await download("asked", "1.0.0", { headers: { range: "bytes=0-9" } })).toBe(206);
    await written("asked", 1);
  });

  it("answers npm's point and range, for one skill and for all", async () => {
    await publish("npm-shape", "1.0.0");
    await download("npm-shape", "1.0.0");
    await written("npm-shape", 1);
    const [from, today] = [6, 0].map((days) =>
      new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10),
    );
    const ends = { start: from, end: today };
    const point: Point = await jsonOf(registry.fetch("/downloads/point/last-week/@acme/npm-shape"));
    expect(point).toEqual({ downloads: 1, ...ends, package: "@acme/npm-shape" });
    const encoded: Point = await jsonOf(registry.fetch("/downloads/point/last-week/@acme%2fnpm-shape"));
    expect(encoded).toEqual(point);
    const range: Range = await jsonOf(registry.fetch(`/downloads/range/${from}:${today}/@acme/npm-shape`));
    expect(range).toMatchObject({ ...ends, package: "@acme/npm-shape" });
    expect(range.downloads).toHaveLength(7);
    expect(range.downloads.at(-1)).toEqual({ day: today, downloads: 1 });
    const all: Point = await jsonOf(registry.fetch("/downloads/point/last-day"));
    expect(all).toEqual({ downloads: expect.any(Number), start: today, end: today });
    expect(all.downloads).toBeGreaterThan(1);
    const allByDay: Range = await jsonOf(registry.fetch(`/downloads/range/${today}`));
    expect(allByDay).toEqual({
      start: today,
      end: today,
      downloads: [{ day: today, downloads: all.downloads }],
    });
  });

  it.each([
    ["/downloads/point/last-decade", 400],
    ["/downloads/point/2026-02-30/@acme/counted", 400],
    ["/downloads/range/2026-03-02:2026-03-01/@acme/counted", 400],
    ["/downloads/range/2020-01-01:2026-01-01/@acme/counted", 400],
    ["/downloads/point/last-week/@acme/nothing", 404],
    ["/downloads/point/last-week/express", 404],
    ["/downloads/sum/last-week/@acme/counted", 404],
    ["/downloads/point", 404],
    ["/api/skills/acme/nothing/downloads", 404],
    ["/api/skills/acme/counted/downloads?range=last-decade", 400],
    ["/api/skills/acme/counted/downloads?range=", 400],
    ["/api/skills/acme/counted/downloads?range=last-day&range=last-week", 400],
    ["/api/skills/acme/counted/downloads?period=last-day", 400],
  ])("GET %s is %i", async (path, status) => {
    const answer = await registry.fetch(path);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code: status === 400 ? "EBADREQUEST" : "ENOTFOUND" });
  });

  it("has no downloads of a skill that is unpublished, as of one that never was", async () => {
    await publish("gone", "1.0.0");
    expect((await registry.fetch("/@acme%2fgone/-rev/1", { method: "DELETE", token })).status).toBe(200);
    for (const path of ["/downloads/point/last-week/@acme/gone", "/api/skills/acme/gone/downloads"]) {
      expect((await registry.fetch(path)).status, path).toBe(404);
    }
  });

  it("counts a reported install, which is no download, once for each client and hour", async () => {
    await publish("installed", "1.0.0");
    const report = async (version: string, init: RequestInit = {}): Promise<number> =>
      (
        await registry.fetch(`/api/skills/acme/installed/${version}/installs`, {
          method: "POST",
          body: "{}",
          ...init,
        })
      ).status;
    expect(await report("1.0.0")).toBe(204);
    expect(await report("latest")).toBe(204);
    expect(await report("2.0.0")).toBe(404);
    expect(await report("1.0.0", { headers: { "content-type": "text/plain" } })).toBe(400);
    await download("installed", "1.0.0");
    await written("installed", 1);
    const found = await jsonOf(registry.fetch("/api/skills/acme/installed/downloads"));
    expect(found).toMatchObject({ total: 1, installs: 1 });
  });

  it("shows search and the skill what was counted", async () => {
    await publish("popular", "1.0.0");
    await download("popular", "1.0.0");
    await written("popular", 1);
    const { hits }: { hits: unknown[] } = await jsonOf(registry.fetch("/api/skills?q=popular"));
    expect(hits).toEqual([expect.objectContaining({ name: "@acme/popular", downloads: 1 })]);
    expect(await jsonOf(registry.fetch("/api/skills/acme/popular"))).toMatchObject({
      downloads: { total: 1 },
    });
  });
});

it("a registry that stops writes the last downloads first", async () => {
  let counted: unknown;
  const stores = async (settings: Settings): Promise<Stores> => {
    const opened = await openStores(settings.registry);
    const close = async (): Promise<void> => {
      counted = await opened.metadata.allDownloads({ from: "0001-01-01", to: "9999-12-31" });
      await opened.metadata.close();
    };
    return { ...opened, metadata: { ...opened.metadata, close } };
  };
  {
    await using registry = await startRegistry({ stores });
    const token = await registry.account("acme");
    await registry.fetch("/@acme%2fsample", { method: "PUT", token, body: JSON.stringify(publishBody()) });
    await (await registry.fetch("/@acme/sample/-/sample-1.0.0.tgz")).arrayBuffer();
  }
  expect(counted).toEqual([{ day: expect.any(String), count: 1 }]);
});
