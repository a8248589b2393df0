import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { githubRun } from "../support/ci-issuer.ts";
import { publishBody } from "../support/publish-body.ts";
import { startTrustedRegistry, type TrustedRegistry } from "../support/trusted-registry.ts";

let ci: TrustedRegistry;
beforeAll(async () => void (ci = await startTrustedRegistry()));
afterAll(async () => await ci[Symbol.asyncDispose]());

describe("a token of trusted publishing", () => {
  let token: string;

  beforeAll(async () => {
    await ci.publish(ci.owner, "@acme/other", "1.0.0");
    token = await ci.tokenFor(githubRun());
    expect((await ci.publish(token, "@acme/x", "3.0.0")).status).toBe(201);
  });

  it.each([
    [
      "publish another skill",
      "PUT",
      "/@acme%2fother",
      () => publishBody({ name: "@acme/other", version: "2.0.0" }),
    ],
    ["unpublish", "DELETE", "/@acme%2fx/-rev/1", () => undefined],
    ["unpublish a version", "DELETE", "/@acme%2fx/-/x-3.0.0.tgz/-rev/1", () => undefined],
    ["deprecate", "PUT", "/@acme%2fx", () => ({ _rev: "1", name: "@acme/x", versions: {} })],
    ["move a tag", "PUT", "/-/package/@acme%2fx/dist-tags/latest", () => "1.0.0"],
    ["remove a tag", "DELETE", "/-/package/@acme%2fx/dist-tags/latest", () => undefined],
    ["say who it is", "GET", "/-/whoami", () => undefined],
    ["list tokens", "GET", "/-/npm/v1/tokens", () => undefined],
    ["see who is trusted", "GET", "/-/package/@acme%2fx/trust", () => undefined],
    ["trust others", "POST", "/api/skills/acme/x/trust", () => ({ issuer: "github" })],
    ["like", "PUT", "/api/skills/acme/x/like", () => undefined],
  ])("may not %s", async (_deed, method, path, body) => {
    const sent = body();
    const answer = await ci.registry.fetch(path, {
      method,
      token,
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    });
    expect(answer.status, await answer.clone().text()).toBe(403);
  });

  it("reads its skill when that is restricted, and no other restricted one", async () => {
    await ci.trust("@acme/quiet", {});
    for (const name of ["@acme/quiet", "@acme/quieter"]) {
      const body = JSON.stringify({ ...publishBody({ name }), access: "restricted" });
      const path = `/${name.replace("/", "%2f")}`;
      expect((await ci.registry.fetch(path, { method: "PUT", token: ci.owner, body })).status).toBe(201);
      expect((await ci.registry.fetch(path)).status).toBe(404);
    }
    const own = await ci.tokenFor(githubRun(), "@acme/quiet");
    expect((await ci.registry.fetch("/@acme%2fquiet", { token: own })).status).toBe(200);
    expect((await ci.registry.fetch("/@acme%2fquieter", { token: own })).status).toBe(404);
  });

  it("ends with the trust that it was given by", async () => {
    const id = await ci.trust("@acme/short", {});
    const given = await ci.tokenFor(githubRun(), "@acme/short");
    const removal = { method: "DELETE", token: ci.owner };
    expect((await ci.registry.fetch(`/api/skills/acme/short/trust/${id}`, removal)).status).toBe(204);
    expect((await ci.publish(given, "@acme/short", "1.0.0")).status).toBe(401);
    expect((await ci.registry.fetch("/@acme%2fshort")).status).toBe(404);
    expect((await ci.exchange(await ci.issuer.idToken(githubRun()), "@acme/short")).status).toBe(401);
  });

  it("ends with the lock of the account that made the trust, and that account's trusts give no other", async () => {
    await ci.trust("@acme/locked", {});
    const given = await ci.tokenFor(githubRun(), "@acme/locked");
    const account = await ci.metadata.account("acme");
    const lock = async (at: string | null): Promise<void> =>
      await ci.metadata.transaction(async (tx) => await tx.setLocked(account?.id ?? 0, at));
    await lock("2026-01-01T00:00:00.000Z");
    expect((await ci.publish(given, "@acme/locked", "1.0.0")).status).toBe(403);
    const refused = await ci.exchange(await ci.issuer.idToken(githubRun()), "@acme/locked");
    await ci.refused(refused, /whoever trusted this run is locked/);
    await lock(null);
    expect((await ci.publish(given, "@acme/locked", "1.0.0")).status).toBe(201);
  });
});
