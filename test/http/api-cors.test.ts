import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const FRIEND = "https://intranet.example.com";
const STRANGER = "https://evil.example.com";

describe.each([
  { origins: [], friend: null, stranger: null },
  { origins: [FRIEND], friend: FRIEND, stranger: null },
  { origins: ["*"], friend: "*", stranger: "*" },
])("pages of other origins, with origins: $origins", ({ origins, friend, stranger }) => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await startRegistry({
      settings: (settings) => ({ ...settings, registry: { ...settings.registry, origins } }),
    });
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function allowed(path: string, origin: string): Promise<string | null> {
    const answer = await registry.fetch(path, { headers: { origin } });
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    return answer.headers.get("access-control-allow-origin");
  }

  async function preflight(path: string, origin: string): Promise<Response> {
    return await registry.fetch(path, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "authorization",
      },
    });
  }

  it("may read the REST API, its refusals included, as far as they are named", async () => {
    for (const path of ["/api/stats", "/api/skills/acme/nothing", "/api/nothing"]) {
      expect(await allowed(path, FRIEND), path).toBe(friend);
      expect(await allowed(path, STRANGER), path).toBe(stranger);
    }
  });

  it("may read nothing else", async () => {
    for (const path of ["/", "/-/ping", "/-/v1/search?text=a", "/@acme%2fsample", "/apis", "/search"]) {
      expect(await allowed(path, FRIEND), path).toBeNull();
      expect((await preflight(path, FRIEND)).headers.get("access-control-allow-origin"), path).toBeNull();
    }
  });

  it("may send what they ask for beforehand, with a token and never with a cookie", async () => {
    for (const [origin, permitted] of [
      [FRIEND, friend],
      [STRANGER, stranger],
    ] as const) {
      const { status, headers } = await preflight("/api/skills/acme/sample/like", origin);
      expect(status).toBe(permitted === null ? 405 : 204);
      expect(headers.get("access-control-allow-origin")).toBe(permitted);
      expect(headers.get("access-control-allow-credentials")).toBeNull();
      if (permitted === null) continue;
      expect(headers.get("access-control-allow-methods")).toContain("PUT");
      expect(headers.get("access-control-allow-headers")).toContain("authorization");
    }
  });

  it("get answers that no cache gives to another origin", async () => {
    const answer = await registry.fetch("/api/stats", { headers: { origin: FRIEND } });
    const vary = answer.headers.get("vary") ?? "";
    if (friend === null) return expect(vary).not.toContain("origin");
    expect(vary).toContain("origin");
    expect(answer.headers.get("access-control-expose-headers")).toContain("etag");
  });
});
