import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonOf } from "../support/json.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const REQUESTS = 5;

describe("a client that asks too often", () => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await startRegistry({
      settings: (settings) => ({
        ...settings,
        server: { ...settings.server, trustProxy: true },
        registry: { ...settings.registry, requestsPerMinute: REQUESTS },
      }),
    });
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  const ask = async (client: string, path: string): Promise<Response> =>
    await registry.fetch(path, { headers: { "x-forwarded-for": client } });

  it("is told how many requests are left, then to wait", async () => {
    for (let left = REQUESTS - 1; left >= 0; left -= 1) {
      const answer = await ask("10.0.0.1", "/api/skills");
      expect(answer.status).toBe(200);
      expect(answer.headers.get("ratelimit")).toMatch(new RegExp(`^"requests";r=${left};t=\\d+$`));
      expect(answer.headers.get("ratelimit-policy")).toBe(`"requests";q=${REQUESTS};w=60`);
    }
    const refused = await ask("10.0.0.1", "/api/skills");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await jsonOf(refused)).toMatchObject({ code: "ETOOMANY", status: 429 });
  });

  it("gets pages, REST and npm search from one account of requests, npm's other routes from none", async () => {
    for (let count = 0; count < REQUESTS; count += 1) await ask("10.0.0.2", "/search?q=x");
    expect((await ask("10.0.0.2", "/api/stats")).status).toBe(429);
    expect((await ask("10.0.0.2", "/")).status).toBe(429);
    expect((await ask("10.0.0.2", "/-/v1/search?text=x")).status).toBe(429);
    expect((await ask("10.0.0.2", "/-/ping")).status).toBe(200);
  });

  it("is one client with all the addresses of its network, of which IPv6 gives it more than can be counted", async () => {
    for (let count = 0; count < REQUESTS; count += 1) {
      expect((await ask(`2001:db8:1:2::${count + 1}`, "/api/stats")).status).toBe(200);
    }
    expect((await ask("2001:db8:1:2:ffff::1", "/api/stats")).status).toBe(429);
    expect((await ask("2001:db8:1:3::1", "/api/stats")).status).toBe(200);
  });

  it("does not use up what others have", async () => {
    for (let count = 0; count <= REQUESTS; count += 1) await ask("10.0.0.3", "/api/stats");
    expect((await ask("10.0.0.4", "/api/stats")).status).toBe(200);
  });
});
