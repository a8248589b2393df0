import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parsePackageName } from "../../schema/src/index.ts";
import type { Route } from "../../plugin/src/http/route.ts";
import { routes } from "../../plugin/src/http/routes.ts";
import { publishBody } from "../support/publish-body.ts";
import { jsonOf } from "../support/json.ts";
import { PASSWORD, startRegistry, type TestRegistry } from "../support/registry.ts";

const NAME = parsePackageName("@acme/sample");

/** Permission that a route asks for, for a request to @acme/sample. */
function actionOf(route: Route): string {
  const request = {
    method: route.method,
    path: route.path,
    params: {},
    query: new URLSearchParams(),
    headers: {},
    body: publishBody(),
    readBody: async () => Buffer.alloc(0),
    caller: { account: null, token: null, operator: false, address: "", local: false },
    baseUrl: "",
    ...(/:package|:skill/.test(route.path) ? { name: NAME } : {}),
  };
  return route.needs(request).action;
}

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

  it("the table names what every route needs", () => {
    expect(guarded.map((route) => `${route.method} ${route.path}`)).toEqual([
      "GET /-/whoami",
      "GET /-/npm/v1/user",
      "DELETE /-/user/token/:token",
      "GET /-/npm/v1/tokens",
      "POST /-/npm/v1/tokens",
      "DELETE /-/npm/v1/tokens/token/:key",
      "PUT /-/package/:package/dist-tags/:tag",
      "POST /-/package/:package/dist-tags/:tag",
      "DELETE /-/package/:package/dist-tags/:tag",
      "PUT /:package",
      "PUT /:package/-rev/:rev",
      "DELETE /:package/-/:file/-rev/:rev",
      "DELETE /:package/-rev/:rev",
      "POST /api/skills/:namespace/:skill",
      "PUT /api/skills/:namespace/:skill/like",
      "DELETE /api/skills/:namespace/:skill/like",
      "POST /skills/:namespace/:skill/like",
      "GET /account",
      "GET /account/tokens",
      "POST /account/tokens",
      "GET /account/tokens/:key/revoke",
      "POST /account/tokens/:key/revoke",
      "GET /operator",
    ]);
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
