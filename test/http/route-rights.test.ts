import { describe, expect, it } from "vitest";
import type { Permission } from "../../plugin/src/registry/authorize.ts";
import { routes } from "../../plugin/src/http/routes.ts";
import type { Route } from "../../plugin/src/http/route.ts";
import { parsePackageName } from "../../schema/src/index.ts";
import { publishBody } from "../support/publish-body.ts";

/** What each route asks for, written down here once more: one that asks for less would be found by nothing else. */
const RIGHTS: Record<Exclude<Permission["action"], "public">, string> = {
  read: `
    GET /downloads/point/:period/:package
    GET /downloads/range/:period/:package
    GET /-/package/:package/visibility
    GET /-/package/:package/dist-tags
    GET /:package
    GET /:package/:version
    GET /:package/-/:file
    GET /api/skills/:namespace/:skill
    GET /api/skills/:namespace/:skill/downloads
    POST /api/skills/:namespace/:skill/:version/installs
    GET /api/skills/:namespace/:skill/:version
    GET /api/skills/:namespace/:skill/:version/files
    GET /api/skills/:namespace/:skill/:version/files/*path
    GET /api/skills/:namespace/:skill/diff/:range
    GET /skills/:namespace/:skill
    GET /skills/:namespace/:skill/v/:version
    GET /skills/:namespace/:skill/like
    GET /skills/:namespace/:skill/v/:version/files
    GET /skills/:namespace/:skill/v/:version/files/*path
    GET /skills/:namespace/:skill/versions
    GET /skills/:namespace/:skill/diff
    GET /skills/:namespace/:skill/diff/:range`,
  star: `
    PUT /api/skills/:namespace/:skill/like
    DELETE /api/skills/:namespace/:skill/like
    POST /skills/:namespace/:skill/like`,
  publish: `
    PUT /:package
    PUT /:package/-rev/:rev
    POST /api/skills/:namespace/:skill`,
  maintain: `
    PUT /-/package/:package/dist-tags/:tag
    POST /-/package/:package/dist-tags/:tag
    DELETE /-/package/:package/dist-tags/:tag
    DELETE /:package/-/:file/-rev/:rev
    DELETE /:package/-rev/:rev`,
  administer: `
    POST /-/package/:package/access
    GET /-/package/:package/trust
    POST /-/package/:package/trust
    DELETE /-/package/:package/trust/:trust
    GET /api/skills/:namespace/:skill/trust
    POST /api/skills/:namespace/:skill/trust
    DELETE /api/skills/:namespace/:skill/trust/:trust
    GET /skills/:namespace/:skill/settings
    POST /skills/:namespace/:skill/settings`,
  belong: `
    GET /-/org/:org/user
    GET /-/org/:org/team
    GET /-/team/:org/:team/user
    GET /-/package/:package/collaborators
    GET /-/team/:org/:team/package
    GET /api/namespaces/:namespace/settings
    GET /api/namespaces/:namespace/members
    GET /api/namespaces/:namespace/groups`,
  govern: `
    PUT /-/org/:org/user
    DELETE /-/org/:org/user
    PUT /-/org/:org/team
    DELETE /-/team/:org/:team
    PUT /-/team/:org/:team/user
    DELETE /-/team/:org/:team/user
    PUT /-/team/:org/:team/package
    DELETE /-/team/:org/:team/package
    GET /api/namespaces/:namespace/trust
    POST /api/namespaces/:namespace/trust
    DELETE /api/namespaces/:namespace/trust/:trust
    PUT /api/namespaces/:namespace/settings
    PUT /api/namespaces/:namespace/members/:account
    DELETE /api/namespaces/:namespace/members/:account
    PUT /api/namespaces/:namespace/groups
    POST /api/namespaces/:namespace/rename
    POST /api/namespaces/:namespace/transfer
    POST /api/namespaces/:namespace/move
    GET /namespaces/:namespace/settings
    POST /namespaces/:namespace/settings`,
  identify: `
    GET /-/whoami
    DELETE /-/user/token/:token
    GET /-/user/:name`,
  account: `
    GET /-/npm/v1/user
    GET /-/npm/v1/tokens
    GET /api/namespaces
    GET /account
    GET /account/tokens
    GET /account/tokens/:key/revoke
    GET /approve/:flow
    GET /account/identities/connect
    GET /account/identities/disconnect
    GET /namespaces/new`,
  manage: `
    POST /-/npm/v1/user
    POST /-/npm/v1/tokens
    DELETE /-/npm/v1/tokens/token/:key
    POST /api/namespaces
    POST /account/tokens
    POST /account/tokens/:key/revoke
    POST /approve/:flow
    POST /account/identities/connect
    POST /account/identities/disconnect
    POST /namespaces/new`,
  operate: `
    GET /api/audit
    GET /operator`,
};

/** The body decides, where npm has one address for several things. */
const BODIES = {
  publish: publishBody(),
  maintain: { _rev: "1", versions: {} },
  star: { users: {} },
  administer: { maintainers: [] },
};

function actionOf(route: Route, body: unknown): Permission["action"] {
  const name = parsePackageName("@acme/sample");
  return route.needs({
    method: route.method,
    isHead: false,
    path: route.path,
    params: { org: "acme", namespace: "acme" },
    query: new URLSearchParams(),
    headers: {},
    body,
    readBody: async () => Buffer.alloc(0),
    caller: { account: null, token: null, operator: false, address: "", local: false },
    baseUrl: "",
    ...(/:package|:skill/.test(route.path) ? { name } : {}),
  }).action;
}

function routesAsking(action: string): string[] {
  const asking = routes.filter((route) => actionOf(route, BODIES.publish) === action);
  return asking.map(({ method, path }) => `${method} ${path}`).toSorted();
}

describe("what a route asks for is what was written down:", () => {
  it.each(Object.entries(RIGHTS))("%s", (action, written) => {
    const lines = written.trim().split("\n");
    expect(routesAsking(action)).toEqual(lines.map((line) => line.trim()).toSorted());
  });

  it.each(Object.entries(BODIES))("a body of npm's that asks for %s", (action, body) => {
    const shared = routes.filter(
      ({ path, method }) => method === "PUT" && /^\/:package(\/-rev\/:rev)?$/.test(path),
    );
    expect(shared.map((route) => actionOf(route, body))).toEqual([action, action]);
  });
});
