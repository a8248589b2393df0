import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { jsonOf } from "../support/json.ts";

const RACERS = 20;

describe(`${RACERS} publishes at once`, () => {
  let registry: TestRegistry;
  let token: string;

  beforeAll(async () => {
    registry = await startRegistry();
    token = await registry.account("acme");
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function race(bodies: ReturnType<typeof publishBody>[]): Promise<number[]> {
    return await Promise.all(
      bodies.map(async (body) => {
        const answer = await registry.fetch(`/${body.name.replace("/", "%2f")}`, {
          method: "PUT",
          token,
          body: JSON.stringify(body),
        });
        await answer.text();
        return answer.status;
      }),
    );
  }

  it("of different versions of one package all land, and latest is the highest", async () => {
    const versions = Array.from({ length: RACERS }, (_value, index) => `1.0.${index}`);
    const statuses = await race(versions.map((version) => publishBody({ name: "@acme/many", version })));
    expect(new Set(statuses)).toEqual(new Set([201]));
    const packument: { versions: object; "dist-tags": { latest: string } } = await jsonOf(
      registry.fetch("/@acme%2fmany"),
    );
    expect(Object.keys(packument.versions).toSorted()).toEqual(versions.toSorted());
    expect(packument["dist-tags"].latest).toBe(`1.0.${RACERS - 1}`);
  });

  it("of one version with different bytes: one wins, the others get 409, and the winner's bytes are served", async () => {
    const bodies = Array.from({ length: RACERS }, (_value, index) =>
      publishBody({ name: "@acme/one", files: { "A.md": `${index}` } }),
    );
    const statuses = await race(bodies);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(RACERS - 1);
    const version: { dist: { integrity: string; tarball: string } } = await jsonOf(
      registry.fetch("/@acme%2fone/1.0.0"),
    );
    const winner: { dist?: { integrity?: string } } = bodies[statuses.indexOf(201)]?.versions["1.0.0"] ?? {};
    expect(version.dist.integrity).toBe(winner.dist?.integrity);
    const bytes = Buffer.from(await (await fetch(version.dist.tarball)).arrayBuffer());
    expect(`sha512-${createHash("sha512").update(bytes).digest("base64")}`).toBe(version.dist.integrity);
  });

  it("of the same bytes: all are acknowledged, and one version is there", async () => {
    const statuses = await race(Array.from({ length: RACERS }, () => publishBody({ name: "@acme/same" })));
    expect(new Set(statuses)).toEqual(new Set([201]));
    const packument: { _rev: string } = await jsonOf(registry.fetch("/@acme%2fsame"));
    expect(packument._rev).toBe("1");
  });

  it("and a stale deprecation deletes nothing: it is refused", async () => {
    await race([publishBody({ name: "@acme/stale" })]);
    const read: { versions: Record<string, { deprecated?: string }> } = await jsonOf(
      registry.fetch("/@acme%2fstale?write=true"),
    );
    await race([publishBody({ name: "@acme/stale", version: "1.1.0" })]);
    for (const version of Object.values(read.versions)) version.deprecated = "old";
    const refused = await registry.fetch("/@acme%2fstale", {
      method: "PUT",
      token,
      body: JSON.stringify(read),
    });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "ESTALE" });
    const after: { versions: object } = await jsonOf(registry.fetch("/@acme%2fstale"));
    expect(Object.keys(after.versions)).toEqual(["1.0.0", "1.1.0"]);
  });
});
