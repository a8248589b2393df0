import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CiIssuer, githubRun, startCiIssuer, trustingGithub } from "../support/ci-issuer.ts";
import { logIn, sendForm } from "../support/fetch-page.ts";
import { jsonOf } from "../support/json.ts";
import { PASSWORD, type TestRegistry } from "../support/registry.ts";
import { startTwoNodes, type TwoNodes } from "../support/two-nodes.ts";

const AT = "2026-01-01T00:00:00.000Z";

describe("on two nodes", () => {
  let issuer: CiIssuer;
  let nodes: TwoNodes;
  let a: TestRegistry;
  let b: TestRegistry;
  let token: string;
  beforeAll(async () => {
    issuer = await startCiIssuer();
    const trusting = trustingGithub(issuer.issuer);
    nodes = await startTwoNodes((settings) => {
      const { server, ...trusted } = trusting(settings);
      return { ...trusted, server: { ...server, trustProxy: true } };
    });
    ({ a, b } = nodes);
    token = await a.account("acme");
  });
  afterAll(async () => {
    await nodes[Symbol.asyncDispose]();
    await issuer[Symbol.asyncDispose]();
  });

  const whoami = async (at: TestRegistry, secret: string): Promise<number> =>
    (await at.fetch("/-/whoami", { token: secret })).status;

  it("a token made on one works on the other, and not once it is revoked", async () => {
    const body = JSON.stringify({ password: PASSWORD, readonly: false });
    const made: { token: string; key: string } = await jsonOf(
      a.fetch("/-/npm/v1/tokens", { method: "POST", token, body }),
    );
    expect([await whoami(a, made.token), await whoami(b, made.token)]).toEqual([200, 200]);
    await a.fetch(`/-/npm/v1/tokens/token/${made.key}`, { method: "DELETE", token });
    expect([await whoami(b, made.token), await whoami(a, made.token)]).toEqual([401, 401]);
  });

  it("a lock holds on both from the next request on", async () => {
    const secret = await b.account("locked");
    expect(await whoami(b, secret)).toBe(200);
    const { id } = (await nodes.metadata.account("locked")) ?? { id: 0 };
    await nodes.metadata.transaction((tx) => tx.setLocked(id, AT));
    expect(await whoami(b, secret)).toBe(403);
  });

  it("a login that begins on one, is allowed on the other and collected on both gives one token", async () => {
    const begun: { loginUrl: string; doneUrl: string } = await jsonOf(
      a.fetch("/-/v1/login", { method: "POST", body: "{}" }),
    );
    const [page, done] = [new URL(begun.loginUrl).pathname, new URL(begun.doneUrl).pathname];
    expect((await b.fetch(done)).status).toBe(202);
    const cookie = await logIn(b, "acme");
    const allowed = await sendForm(b, page, { fields: { decision: "allow" }, cookie });
    expect(allowed.status, await allowed.clone().text()).toBe(200);
    const answers = await Promise.all([a, b, a, b].map(async (at) => await at.fetch(done)));
    expect(answers.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 404, 404, 404]);
    const given = answers.find(({ status }) => status === 200);
    const { token: secret }: { token: string } = await jsonOf(given ?? a.fetch(done));
    expect(await whoami(a, secret)).toBe(200);
    const session = await a.fetch("/account", { headers: { accept: "text/html", cookie } });
    expect(session.status).toBe(200);
  });

  it("an ID token is exchanged once, however many nodes it is brought to", async () => {
    const wish = {
      issuer: "github",
      repositoryId: "424242",
      repository: "acme/skills",
      workflow: "publish.yml",
    };
    const body = JSON.stringify(wish);
    expect((await a.fetch("/api/skills/acme/x/trust", { method: "POST", token, body })).status).toBe(201);
    const idToken = await issuer.idToken(githubRun());
    const answers = await Promise.all(
      [a, b, a, b].map(async (at) => {
        const path = "/-/npm/v1/oidc/token/exchange/package/@acme%2fx";
        return await at.fetch(path, { method: "POST", token: idToken });
      }),
    );
    expect(answers.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([201, 401, 401, 401]);
  });

  it("a name is given to one of many who want it at once", async () => {
    const body = JSON.stringify({ name: "wanted", password: PASSWORD });
    const answers = await Promise.all(
      [a, b, a, b].map(
        async (at) => await at.fetch("/-/user/org.couchdb.user:wanted", { method: "PUT", body }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([201, 403, 403, 403]);
    const entries = await nodes.metadata.auditAfter(0, 500);
    expect(
      entries.filter(({ action, subject }) => action === "register" && subject === "wanted"),
    ).toHaveLength(1);
  });

  it("wrong passwords are counted together: the wait begins after ten, wherever they were tried", async () => {
    const attempt = async (index: number): Promise<number> => {
      const headers = { "x-forwarded-for": `10.9.0.${index}` };
      const fields = { name: "acme", password: "wrong horse battery" };
      return (await sendForm(index % 2 === 0 ? a : b, "/login", { fields, headers })).status;
    };
    const statuses: number[] = [];
    for (let index = 0; index < 14; index += 1) statuses.push(await attempt(index));
    expect(statuses.slice(0, 9)).toEqual(Array(9).fill(401));
    expect(statuses.slice(10)).toContain(429);
    const right = {
      fields: { name: "acme", password: PASSWORD },
      headers: { "x-forwarded-for": "10.9.1.1" },
    };
    expect((await sendForm(b, "/login", right)).status).toBe(429);
  });
});
