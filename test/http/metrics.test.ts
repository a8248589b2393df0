import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOTED_METRICS, READ_METRICS } from "../../plugin/src/observe/metric-table.ts";
import type { MetricsAccess } from "../../plugin/src/config-observe.ts";
import { guardSecret } from "../support/leaks.ts";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const TOKEN = guardSecret("scraper-token-0123456789");

/** Value of one series: `skills_publishes_total{outcome="created"}`. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

async function withAccess(metrics: MetricsAccess): Promise<TestRegistry> {
  return await startRegistry({
    settings: (settings) => ({ ...settings, registry: { ...settings.registry, metrics } }),
  });
}

describe("metrics", () => {
  let registry: TestRegistry;
  let token: string;

  beforeAll(async () => {
    registry = await startRegistry();
    token = await registry.account("acme");
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function scrape(): Promise<string> {
    const answer = await registry.fetch("/-/metrics");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    return await answer.text();
  }

  async function publish(body: object): Promise<number> {
    const sent = { method: "PUT", token, body: JSON.stringify(body) };
    return (await registry.fetch("/@acme%2fsample", sent)).status;
  }

  it("tell what became of publishes, and why", async () => {
    const next = publishBody({ version: "1.1.0" });
    const invalid = publishBody({ version: "1.2.0", files: { "SKILL.md": "no frontmatter" } });
    const statuses = [publishBody(), publishBody(), next, invalid];
    const answered = [];
    for (const body of statuses) answered.push(await publish(body));
    expect(answered).toEqual([201, 201, 201, 422]);
    const text = await scrape();
    const outcomes = ["created", "unchanged", "updated", "refused", "failed"];
    expect(outcomes.map((outcome) => valueOf(text, `skills_publishes_total{outcome="${outcome}"}`))).toEqual([
      1, 1, 1, 1, 0,
    ]);
    expect(valueOf(text, 'skills_publish_refusals_total{code="frontmatter.missing"}')).toBe(1);
  });

  it("tell of searches, and of what the cache of packuments could answer", async () => {
    const before = await scrape();
    for (let index = 0; index < 3; index += 1) await registry.fetch("/@acme%2fsample");
    await registry.fetch("/-/v1/search?text=sample");
    const after = await scrape();
    const grown = (series: string): number => (valueOf(after, series) ?? 0) - (valueOf(before, series) ?? 0);
    expect(grown("skills_search_seconds_count")).toBe(1);
    expect(grown('skills_cache_requests_total{cache="packument",result="miss"}')).toBe(1);
    expect(grown('skills_cache_requests_total{cache="packument",result="hit"}')).toBe(2);
    expect(valueOf(after, 'skills_cache_bytes{cache="packument"}')).toBeGreaterThan(0);
  });

  it("have no series for what somebody made up, and no names in them", async () => {
    const shapes = ["/zz#", "/@acme%2fzz#", "/@zz#/y", "/%zz#", "/skills/zz#/b", "/-/zz#", "/search?q=zz#"];
    const methods = ["GET", "PATCH", "PROPFIND", "DELETE"];
    const ask = async (index: number): Promise<void> => {
      const address = shapes[index % shapes.length]?.replace("#", String(index)) ?? "/";
      const answer = await registry.fetch(address, { method: methods[index % methods.length] ?? "GET" });
      await answer.arrayBuffer();
    };
    const series = async (): Promise<string[]> => {
      const lines = (await scrape()).split("\n").filter((line) => line.startsWith("skills_"));
      return lines.map((line) => line.slice(0, line.lastIndexOf(" "))).toSorted();
    };
    for (let index = 0; index < 100; index += 1) await ask(index);
    const after100 = await series();
    for (let index = 100; index < 1000; index += 1) await ask(index);
    expect(await series()).toEqual(after100);
    expect(after100.filter((line) => /acme|sample|zz/.test(line))).toEqual([]);
    const told = new Set(after100.flatMap((line) => /method="(\w+)"/.exec(line)?.[1] ?? []));
    expect([...told].toSorted()).toEqual(["DELETE", "GET", "PUT", "other"]);
  });

  it("are what the table says, and the process besides", async () => {
    const text = await scrape();
    const told = [...text.matchAll(/^# TYPE (\w+ \w+)$/gm)].map(([, named = ""]) => named);
    const rules = Object.entries({ ...NOTED_METRICS, ...READ_METRICS });
    const table = rules.map(([name, { type }]) => `${name} ${type}`);
    const own = told.filter((named) => named.startsWith("skills_"));
    expect(own.filter((named) => !table.includes(named))).toEqual([]);
    // This registry has no PostgreSQL and follows no other one.
    const absent = table.filter((named) => !own.includes(named));
    expect(absent.filter((named) => !/_(database|mirror|cache_failures)_/.test(named))).toEqual([]);
    expect(told).toContain("nodejs_eventloop_lag_p99_seconds gauge");
    expect(told).toContain("process_resident_memory_bytes gauge");
    expect(valueOf(text, "skills_http_requests_in_progress")).toBe(1);
  });
});

describe("who may not read the metrics finds nothing there:", () => {
  const nothing = [404, "ENOTFOUND"];

  async function ask(
    registry: TestRegistry,
    headers: Record<string, string>,
  ): Promise<[number, string | undefined]> {
    const answer = await registry.fetch("/-/metrics", { headers });
    const text = await answer.text();
    return [answer.status, /"code":"(\w+)"/.exec(text)?.[1]];
  }

  it("with loopback, whoever comes from elsewhere or through a proxy, whatever their token", async () => {
    await using registry = await withAccess("loopback");
    const token = await registry.account("acme");
    expect(await ask(registry, {})).toEqual([200, undefined]);
    expect(await ask(registry, { "x-forwarded-for": "192.0.2.7" })).toEqual(nothing);
    expect(await ask(registry, { via: "1.1 proxy", authorization: `Bearer ${token}` })).toEqual(nothing);
    expect(await ask(registry, { origin: "https://evil.example.com" })).toEqual(nothing);
  });

  it("with a token, everybody else, on this machine, too", async () => {
    await using registry = await withAccess({ token: TOKEN });
    expect(await ask(registry, { authorization: `Bearer ${TOKEN}` })).toEqual([200, undefined]);
    for (const wrong of [{}, { authorization: `Bearer ${TOKEN}x` }, { authorization: `Basic ${TOKEN}` }]) {
      expect(await ask(registry, wrong)).toEqual(nothing);
    }
  });

  it("with open, nobody", async () => {
    await using registry = await withAccess("open");
    expect(await ask(registry, { "x-forwarded-for": "192.0.2.7" })).toEqual([200, undefined]);
  });
});
