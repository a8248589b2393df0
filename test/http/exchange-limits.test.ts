import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findToken } from "../../plugin/src/registry/tokens.ts";
import { exchangeIdToken } from "../../plugin/src/registry/trust/exchange.ts";
import { addTrust } from "../../plugin/src/registry/trust/trusts.ts";
import { buildRegistry } from "../../plugin/src/open.ts";
import { openStores } from "../../plugin/src/open-stores.ts";
import { defaultSettings } from "../../plugin/src/config-file.ts";
import { parsePackageName } from "../../schema/src/index.ts";
import { type CiIssuer, githubRun, startCiIssuer, trustingGithub } from "../support/ci-issuer.ts";
import { acme } from "../support/publishing.ts";
import { startOpenedRegistry } from "../support/opened-registry.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { freePort } from "../support/free-port.ts";
import { makeScratch } from "../support/cli.ts";

const PATH = "/-/npm/v1/oidc/token/exchange/package/@acme%2fx";

describe("the exchange of ID tokens", () => {
  let issuer: CiIssuer;
  beforeAll(async () => void (issuer = await startCiIssuer()));
  afterAll(async () => await issuer[Symbol.asyncDispose]());

  /** By way of a proxy that passes on what the client called the registry. */
  async function exchangeAs(
    registry: TestRegistry,
    host: string,
    idToken: string,
  ): Promise<[number?, string?]> {
    const headers = { host, authorization: `Bearer ${idToken}` };
    const asked = request(registry.url + PATH, { method: "POST", headers }).end();
    const [answer] = await once(asked, "response");
    return [answer.statusCode, await text(answer)];
  }

  it("believes no host that the client names: another registry could bring the tokens it was given", async () => {
    await using registry = await startRegistry({ settings: trustingGithub(issuer.issuer) });
    const idToken = await issuer.idToken(githubRun());
    const [status, body] = await exchangeAs(registry, "registry.example.com", idToken);
    expect(status).toBe(403);
    expect(body).toContain("not configured with its own address");
  });

  it("takes nobody for a client on this machine who came through a proxy", async () => {
    await using registry = await startRegistry({ settings: trustingGithub(issuer.issuer) });
    const headers = { authorization: `Bearer ${await issuer.idToken(githubRun())}` };
    const proxied = { ...headers, "x-forwarded-for": "192.0.2.1" };
    const [near, far] = await Promise.all(
      [headers, proxied].map(async (sent) => await registry.fetch(PATH, { method: "POST", headers: sent })),
    );
    expect([near?.status, far?.status]).toEqual([401, 403]);
  });

  it("takes tokens for the address that is configured, whatever the client calls it", async () => {
    const port = await freePort();
    await using registry = await startRegistry({
      settings: (settings) => {
        const { registry: config, ...rest } = trustingGithub(issuer.issuer)(settings);
        return { ...rest, port, registry: { ...config, publicUrl: `http://localhost:${port}` } };
      },
    });
    const [status, body] = await exchangeAs(registry, "127.0.0.1", await issuer.idToken(githubRun()));
    expect(status).toBe(401);
    expect(JSON.parse(body ?? "")).toMatchObject({
      detail: 'the ID token is refused: it is for the audience "npm:127.0.0.1", not for npm:localhost',
    });
  });

  it("looks at some tokens of an address in a minute and no more, and records the same refusal once", async () => {
    await using registry = await startOpenedRegistry({ settings: trustingGithub(issuer.issuer) });
    const { metadata } = registry;
    const statuses: number[] = [];
    for (let count = 0; count < 125; count += 1) {
      statuses.push((await registry.fetch(PATH, { method: "POST", token: "a.b.c" })).status);
    }
    expect(statuses.slice(0, 120).every((status) => status === 401)).toBe(true);
    expect(statuses.slice(120)).toEqual([429, 429, 429, 429, 429]);
    const log = await metadata.audit({ namespace: null, before: null, limit: 100 });
    expect(log.filter(({ action }) => action === "exchange.refused")).toHaveLength(1);
  });

  it("gives a token that is good for ten minutes", async () => {
    await using scratch = await makeScratch();
    const { registry: config } = trustingGithub(issuer.issuer)(defaultSettings(scratch.project));
    let late = 0;
    const registry = await buildRegistry(config, await openStores(config), () => new Date(Date.now() + late));
    const { parts } = registry.services;
    const owner = await acme(registry);
    const wish = { issuer: "github", repositoryId: "424242", workflow: "publish.yml" };
    await addTrust(parts, owner, { subject: "@acme/x", wish });
    const name = parsePackageName("@acme/x");
    if (name === undefined) throw new Error("not a name");
    const idToken = await issuer.idToken(githubRun());
    const exchange = { name, idToken, audience: "npm:127.0.0.1" };
    const { secret } = await exchangeIdToken(parts, { ...owner, account: null }, exchange);
    // Its number is forgotten once it has expired: a replay that is checked before and booked after gets nothing.
    const slow: typeof parts.idTokens = {
      async verify(...asked) {
        const run = await parts.idTokens.verify(...asked);
        late = 2 * 60 * 60_000;
        return run;
      },
    };
    await expect(
      exchangeIdToken({ ...parts, idTokens: slow }, { ...owner, account: null }, exchange),
    ).rejects.toMatchObject({ code: "ENEEDAUTH", message: "the ID token is refused: it has expired" });
    late = 10 * 60_000 - 5_000;
    expect(await findToken(parts, secret)).toMatchObject({
      token: { kind: "publish", packages: ["@acme/x"] },
      account: null,
    });
    late = 10 * 60_000;
    expect(await findToken(parts, secret)).toBeUndefined();
    await registry.close();
  });
});
