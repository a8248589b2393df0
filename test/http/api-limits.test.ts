import { describe, expect, it } from "vitest";
import { PASSWORD, startRegistry, type TestRegistry } from "../support/registry.ts";

async function limited(requestsPerMinute: number): Promise<TestRegistry> {
  return await startRegistry({
    settings: (settings) => ({ ...settings, registry: { ...settings.registry, requestsPerMinute } }),
  });
}

describe("the rate limit of the REST API", () => {
  it("tells how many requests are left, then how long to wait", async () => {
    await using registry = await limited(2);
    const left = async (): Promise<string | null> =>
      (await registry.fetch("/api/stats")).headers.get("ratelimit");
    expect(await left()).toMatch(/^"requests";r=1;t=\d+$/);
    expect(await left()).toMatch(/^"requests";r=0;t=\d+$/);
    const refused = await registry.fetch("/api/stats");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(await refused.json()).toMatchObject({ code: "ETOOMANY", status: 429 });
  });

  it("says what it is", async () => {
    await using registry = await limited(7);
    const answer = await registry.fetch("/api/stats");
    expect(answer.headers.get("ratelimit-policy")).toBe('"requests";q=7;w=60');
  });

  it("counts by account, and leaves npm alone", async () => {
    await using registry = await limited(1);
    const token = await registry.account("acme");
    expect((await registry.fetch("/api/stats")).status).toBe(200);
    expect((await registry.fetch("/api/stats")).status).toBe(429);
    expect((await registry.fetch("/api/stats", { token })).status).toBe(200);
    expect((await registry.fetch("/-/ping")).status).toBe(200);
    const other = await registry.fetch("/-/npm/v1/tokens", {
      method: "POST",
      token,
      body: JSON.stringify({ password: PASSWORD, readonly: true }),
    });
    expect(other.status).toBeLessThan(300);
  });
});
