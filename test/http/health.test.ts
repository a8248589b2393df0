import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonOf } from "../support/json.ts";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { troubledStores } from "../support/troubled-stores.ts";

describe("probes", () => {
  it("hear that a registry is alive although its stores are away, without a login and without end", async () => {
    const stores = troubledStores();
    await using registry = await startRegistry({
      stores: stores.open,
      settings: (settings) => ({ ...settings, registry: { ...settings.registry, requestsPerMinute: 1 } }),
    });
    Object.assign(stores.trouble, { metadata: "away", blobs: "away" });
    const before = stores.calls.length;
    for (let index = 0; index < 3; index += 1) {
      const answer = await registry.fetch("/-/health/live", { token: "skl_ended-long-ago" });
      expect([answer.status, await answer.json()]).toEqual([200, { status: "ok", checks: {} }]);
      expect([answer.headers.get("cache-control"), answer.headers.get("ratelimit")]).toEqual([
        "no-store",
        null,
      ]);
    }
    // The work of the start goes on beside it.
    const asked = stores.calls.slice(before);
    expect(asked.filter((call) => /check|isMigrated|token|account|package$/.test(call))).toEqual([]);
    Object.assign(stores.trouble, { metadata: "none", blobs: "none" });
  });

  it("hear that a registry is ready, and ask its stores once in a second, however many they are", async () => {
    const stores = troubledStores();
    await using registry = await startRegistry({ stores: stores.open });
    const checks = { database: "ok", migrations: "ok", blobs: "ok" };
    for (let index = 0; index < 5; index += 1) {
      const answer = await registry.fetch("/-/health/ready");
      expect([answer.status, await answer.json()]).toEqual([200, { status: "ok", checks }]);
    }
    const head = await registry.fetch("/-/health/ready", { method: "HEAD" });
    expect([head.status, await head.text(), head.headers.get("cache-control")]).toEqual([
      200,
      "",
      "no-store",
    ]);
    expect(stores.calls.filter((call) => call === "blobs.check").length).toBeLessThanOrEqual(2);
  });

  it("hear which part fails, and nothing of the reason", async () => {
    const stores = troubledStores();
    await using registry = await startRegistry({ stores: stores.open });
    stores.trouble.blobs = "away";
    const answer = await registry.fetch("/-/health/ready");
    const checks = { database: "ok", migrations: "ok", blobs: "failed" };
    expect([answer.status, await answer.json()]).toEqual([503, { status: "failed", checks }]);
    expect((await registry.fetch("/-/health/ready", { method: "HEAD" })).status).toBe(503);
    stores.trouble.blobs = "none";
  });
});

describe("while the database is away", () => {
  const stores = troubledStores();
  let registry: TestRegistry;
  let style: string;
  let token: string;

  beforeAll(async () => {
    registry = await startRegistry({ stores: stores.open });
    token = await registry.account("acme");
    const home = await registry.fetch("/", { headers: { accept: "text/html" } });
    style = /\/assets\/style\.[\da-f]+\.css/.exec(await home.text())?.[0] ?? "";
    stores.trouble.metadata = "away";
  });
  afterAll(async () => {
    stores.trouble.metadata = "none";
    await registry[Symbol.asyncDispose]();
  });

  it.each([
    ["npm", "/@acme%2fsample", {}, "application/json; charset=utf-8"],
    ["the REST API", "/api/skills/acme/sample", {}, "application/problem+json"],
    ["a page", "/skills/acme/sample", { accept: "text/html" }, "text/html; charset=utf-8"],
  ])("%s is told to come again, and nothing of the inside", async (_door, address, headers, type) => {
    const answer = await registry.fetch(address, { headers });
    expect([answer.status, answer.headers.get("retry-after"), answer.headers.get("content-type")]).toEqual([
      503,
      "5",
      type,
    ]);
    const text = await answer.text();
    expect(text.toLowerCase()).toContain("storage does not answer");
    expect(text).not.toContain("192.0.2.1");
    expect(text).toContain(answer.headers.get("x-request-id"));
  });

  it("what needs no store is served, to people who are logged in, too", async () => {
    const headers = { cookie: `skills-session=${token}` };
    const statuses = await Promise.all(
      [style, "/-/ping", "/api/openapi.json"].map(async (address) => {
        return (await registry.fetch(address, { headers })).status;
      }),
    );
    expect(statuses).toEqual([200, 200, 200]);
  });

  it("a login that may be good is not refused as a wrong one", async () => {
    const answer = await registry.fetch("/-/whoami", { token });
    expect([answer.status, (await jsonOf<{ code: string }>(answer)).code]).toEqual([503, "ESTORAGE"]);
  });
});

it("while the bucket is away a publish is refused, with when to come again, and nothing of it is seen", async () => {
  const stores = troubledStores();
  await using registry = await startRegistry({ stores: stores.open });
  const token = await registry.account("acme");
  const publish = async (version: string): Promise<Response> =>
    await registry.fetch("/@acme%2fsample", {
      method: "PUT",
      token,
      body: JSON.stringify(publishBody({ version })),
    });
  expect((await publish("1.0.0")).status).toBe(201);
  stores.trouble.blobs = "away";
  const refused = await publish("1.1.0");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
  const packument = await jsonOf<{ versions: object }>(registry.fetch("/@acme%2fsample"));
  expect(Object.keys(packument.versions)).toEqual(["1.0.0"]);
  stores.trouble.blobs = "none";
  expect((await publish("1.1.0")).status).toBe(201);
});

describe("ids of requests", () => {
  it("are ours where the other end is no proxy of ours, whatever it sends", async () => {
    await using registry = await startRegistry();
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const answer = await registry.fetch("/-/ping", { headers: { "x-request-id": "forged-0001" } });
        return answer.headers.get("x-request-id") ?? "";
      }),
    );
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[\da-f-]{36}$/);
  });

  it("are those of a trusted proxy, if they are well formed", async () => {
    await using registry = await startRegistry({
      settings: (settings) => ({ ...settings, server: { ...settings.server, trustProxy: "loopback" } }),
    });
    const idOf = async (given: string, address = "/-/ping"): Promise<string | null> =>
      (await registry.fetch(address, { headers: { "x-request-id": given } })).headers.get("x-request-id");
    expect(await idOf("5f2b1c9e0d3a4f6b8c7d5e4f3a2b1c0d")).toBe("5f2b1c9e0d3a4f6b8c7d5e4f3a2b1c0d");
    // Refused before the host sees it.
    expect(await idOf("proxy-0001", "/-/static/x")).toBe("proxy-0001");
    for (const bad of ["short", "with space in it", "x".repeat(65), '{"a":1}{"b":2}']) {
      expect(await idOf(bad)).toMatch(/^[\da-f-]{36}$/);
    }
  });
});
