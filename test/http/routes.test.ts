import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { parsePackageName } from "../../schema/src/index.ts";
import type { Permission } from "../../plugin/src/registry/authorize.ts";
import type { Route } from "../../plugin/src/http/route.ts";
import { routes } from "../../plugin/src/http/routes.ts";
import { type Gated, startGate } from "../support/gate.ts";
import { publishBody } from "../support/publish-body.ts";
import { jsonOf } from "../support/json.ts";
import { PASSWORD, startRegistry, type TestRegistry } from "../support/registry.ts";

const NAME = parsePackageName("@acme/sample");

/** Permission that a route asks for, for a request to @acme/sample, or to the namespace @acme. */
function permissionOf(route: Route): Permission {
  const request = {
    method: route.method,
    isHead: false,
    path: route.path,
    params: { org: "acme", namespace: "acme" },
    query: new URLSearchParams(),
    headers: {},
    body: publishBody(),
    readBody: async () => Buffer.alloc(0),
    caller: { account: null, token: null, operator: false, address: "", local: false },
    baseUrl: "",
    ...(/:package|:skill/.test(route.path) ? { name: NAME } : {}),
  };
  return route.needs(request);
}

function actionOf(route: Route): string {
  return permissionOf(route).action;
}

/** An address that the route answers. */
function addressOf(route: Route): string {
  return route.path
    .replace(":package", "@acme%2fsample")
    .replace(":namespace/:skill", "acme/sample")
    .replace(/:(org|namespace)\b/, "acme")
    .replace("*path", "x")
    .replace(/:[a-z]+/gi, "x");
}

const named = routes.map((route) => ({ ...route, route }));

const guarded = routes.filter((route) => !["public", "read"].includes(actionOf(route)));
const publishing = routes.filter((route) => actionOf(route) === "publish");

describe("every route asks the authorisation function:", () => {
  let registry: TestRegistry;
  let owner: string;
  let stranger: string;
  let reader: string;
  let before: unknown;

  beforeAll(async () => {
    registry = await startRegistry();
    owner = await registry.account("acme");
    stranger = await registry.account("mallory");
    const made = await registry.fetch("/-/npm/v1/tokens", {
      method: "POST",
      token: owner,
      body: JSON.stringify({ password: PASSWORD, readonly: true }),
    });
    const token: { token: string } = await jsonOf(made);
    reader = token.token;
    const published = await registry.fetch("/@acme%2fsample", {
      method: "PUT",
      token: owner,
      body: JSON.stringify(publishBody()),
    });
    expect(published.status).toBe(201);
    before = await jsonOf(registry.fetch("/@acme%2fsample"));
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());
  afterEach(async () => expect(await jsonOf(registry.fetch("/@acme%2fsample"))).toEqual(before));

  /** The status of a request that would succeed for the owner, or would be refused for another reason only. */
  async function ask(route: Route, token?: string): Promise<[number, string]> {
    const path = route.path
      .replace(":package", "@acme%2fsample")
      .replace(":namespace/:skill", "acme/sample")
      .replace(":version", "1.0.0")
      .replace(":file", "sample-1.0.0.tgz")
      .replace(":rev", "1")
      .replace(":tag", "beta")
      .replace(":token", "x")
      .replace(":key", "x");
    const body = path.includes("dist-tags") ? "1.0.0" : publishBody();
    const answer = await registry.fetch(path, {
      method: route.method,
      ...(token === undefined ? {} : { token }),
      ...(route.method === "PUT" || route.method === "POST" ? { body: JSON.stringify(body) } : {}),
    });
    const { code }: { code?: string } = await jsonOf(answer);
    return [answer.status, code ?? ""];
  }

  it("these ask nothing of the caller, and answer only what the caller may see", () => {
    const open = routes.filter((route) => actionOf(route) === "public");
    expect(open.map((route) => `${route.method} ${route.path}`)).toEqual([
      "GET /-/ping",
      "GET /-/npm/v1/keys",
      "GET /-/v1/search",
      "GET /-/_view/starredByUser",
      "GET /downloads/point/:period",
      "GET /downloads/range/:period",
      "PUT /-/user/:user",
      "POST /-/v1/login",
      "GET /-/v1/done/:flow",
      "GET /-/org/:org/package",
      "GET /-/user/:user/package",
      "POST /-/npm/v1/oidc/token/exchange/package/:package",
      "GET /-/health/live",
      "GET /-/health/ready",
      "GET /-/metrics",
      "GET /api/skills",
      "GET /api/namespaces/:namespace",
      "GET /api/namespaces/:namespace/revisions",
      "GET /api/stats",
      "GET /api/openapi.json",
      "GET /api",
      "GET /",
      "GET /assets/:file",
      "GET /search",
      "GET /skills/:namespace",
      "GET /login",
      "POST /login",
      "POST /logout",
      "GET /login/:provider",
      "GET /login/:provider/callback",
      "GET /choose-name",
      "POST /choose-name",
      "GET /register",
      "POST /register",
      "GET /setup",
      "POST /setup",
    ]);
  });

  it("what names a skill asks for a right to that skill, and what names an org for one to that org", () => {
    const others = routes.filter((route) => {
      const permission = permissionOf(route);
      if (permission.action === "public" || !/:package|:skill|:org|:namespace/.test(route.path)) return false;
      return "package" in permission
        ? permission.package !== "@acme/sample"
        : !("namespace" in permission) || permission.namespace !== "acme";
    });
    expect(others.map((route) => `${route.method} ${route.path}`)).toEqual([]);
  });

  it.each(guarded)("$method $path is 401 for an anonymous caller", async (route) => {
    expect(await ask(route)).toEqual([401, "ENEEDAUTH"]);
  });

  it.each(publishing)("$method $path is 403 for another account and for a read-only token", async (route) => {
    expect(await ask(route, stranger)).toEqual([403, "ESKILLSCOPE"]);
    expect(await ask(route, reader)).toEqual([403, "EFORBIDDEN"]);
  });

  it("a read-only token cannot star, make tokens, revoke them, or log another one out", async () => {
    const star = await registry.fetch("/@acme%2fsample", {
      method: "PUT",
      token: reader,
      body: JSON.stringify({ users: { acme: true } }),
    });
    expect(star.status).toBe(403);
    for (const route of guarded.filter((candidate) => actionOf(candidate) === "manage")) {
      expect(await ask(route, reader), route.path).toEqual([403, "EFORBIDDEN"]);
    }
    const out = await registry.fetch(`/-/user/token/${owner}`, { method: "DELETE", token: reader });
    expect(out.status).toBe(403);
    expect((await registry.fetch("/-/whoami", { token: owner })).status).toBe(200);
  });
});

describe("the gate", () => {
  let gated: Gated;

  beforeAll(async () => {
    gated = await startGate();
  });
  afterAll(async () => await gated[Symbol.asyncDispose]());

  it.each(named)(
    "does not let $method $path be handled where the authorisation function refuses",
    async ({ route }) => {
      const needs = vi.spyOn(route, "needs").mockReturnValue({ action: "operate" });
      const handle = vi.spyOn(route, "handle");
      try {
        const { method } = route;
        const answer = await fetch(gated.url + addressOf(route), { method, headers: { origin: gated.url } });
        expect([answer.status, needs.mock.calls.length, handle.mock.calls.length]).toEqual([401, 1, 0]);
      } finally {
        needs.mockRestore();
        handle.mockRestore();
      }
    },
  );

  it("nothing but the gate runs the handler of a route", async () => {
    const root = path.join(import.meta.dirname, "../../plugin/src");
    const files = await readdir(root, { recursive: true });
    const running: string[] = [];
    for (const file of files.filter((name) => /(?<!\.test)\.ts$/.test(name))) {
      const text = await readFile(path.join(root, file), "utf8");
      if (/\.handle\(/.test(text)) running.push(file);
    }
    // route.ts hands on to what it wraps.
    expect(running.toSorted()).toEqual(["http/gate.ts", "http/route.ts"]);
  });
});
