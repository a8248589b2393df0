import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quarantine, release } from "../../plugin/src/registry/quarantine.ts";
import { parsePackageName } from "../../schema/src/index.ts";
import { jsonOf } from "../support/json.ts";
import { keysOf, type MirrorRegistry, startMirror } from "../support/mirror.ts";
import { type OrgRegistry, startOrgRegistry } from "../support/org.ts";
import { publishBody, type PublishBodyOptions } from "../support/publish-body.ts";

interface Packument {
  "dist-tags": Record<string, string>;
  versions: Record<string, { deprecated?: string; dist: { integrity: string; signatures: unknown[] } }>;
  mirroredFrom?: string;
}

const OPERATOR = { account: null, token: null, operator: true, address: "test", local: true };

describe("a mirror", () => {
  let upstream: OrgRegistry;
  let mirror: MirrorRegistry;
  let owner: string;

  beforeAll(async () => {
    upstream = await startOrgRegistry();
    owner = await upstream.account("acme");
    await publish({ name: "@acme/letters" });
    await publish({ name: "@acme/letters", version: "1.1.0" });
    await publish({ name: "@acme/letters", version: "2.0.0-beta.1", tag: "beta" });
    await publish({ name: "@acme/memos" });
    await upstream.account("other");
    mirror = await startMirror({ url: upstream.url, namespaces: ["acme"], keys: await keysOf(upstream) });
  });
  afterAll(async () => {
    await mirror[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });

  async function publish(options: PublishBodyOptions): Promise<void> {
    const name = options.name ?? "@acme/sample";
    const body = JSON.stringify(publishBody(options));
    const answer = await upstream.fetch(`/${name.replace("/", "%2f")}`, {
      method: "PUT",
      token: owner,
      body,
    });
    expect(answer.status).toBe(201);
  }

  async function packument(of: Pick<OrgRegistry, "fetch">, name: string): Promise<Packument> {
    return await jsonOf(of.fetch(`/${name.replace("/", "%2f")}`));
  }

  it("answers as the registry that it follows, with its signatures, and finds what it copied", async () => {
    for (const name of ["@acme/letters", "@acme/memos"]) {
      const [there, here] = [await packument(upstream, name), await packument(mirror, name)];
      expect(here["dist-tags"]).toEqual(there["dist-tags"]);
      expect(Object.keys(here.versions)).toEqual(Object.keys(there.versions));
      for (const [version, { dist }] of Object.entries(there.versions)) {
        expect(here.versions[version]?.dist.integrity).toBe(dist.integrity);
        expect(here.versions[version]?.dist.signatures).toEqual(dist.signatures);
      }
    }
    const tarball = "/@acme/letters/-/letters-1.1.0.tgz";
    const [there, here] = [await upstream.fetch(tarball), await mirror.fetch(tarball)];
    expect(Buffer.from(await here.arrayBuffer())).toEqual(Buffer.from(await there.arrayBuffer()));
    const { total }: { total: number } = await jsonOf(mirror.fetch("/api/skills?q=namespace:acme"));
    expect(total).toBe(2);
  });

  it("lists the keys of both, its own first", async () => {
    const [own, foreign, ...others] = await keysOf(mirror);
    expect([foreign, others]).toEqual([(await keysOf(upstream))[0], []]);
    expect(own).not.toBe(foreign);
  });

  it("asks one question while nothing changes", async () => {
    const round = await mirror.follow();
    expect(round.namespaces).toEqual([{ namespace: "acme", copied: 0, gone: 0, behind: 0, failure: null }]);
  });

  it("follows new versions, tags, deprecations and unpublished ones", async () => {
    await publish({ name: "@acme/plans" });
    await publish({ name: "@acme/plans", version: "1.1.0" });
    await publish({ name: "@acme/plans", version: "1.2.0" });
    expect((await mirror.follow()).namespaces[0]?.copied).toBe(1);
    const document = await jsonOf<
      Record<string, unknown> & { versions: Record<string, { deprecated?: string }> }
    >(upstream.fetch("/@acme%2fplans"));
    Object.assign(document.versions["1.0.0"] ?? {}, { deprecated: "use 1.2.0" });
    const put = async (path: string, body: unknown): Promise<number> =>
      (await upstream.fetch(path, { method: "PUT", token: owner, body: JSON.stringify(body) })).status;
    expect(await put("/@acme%2fplans", document)).toBe(201);
    expect(await put("/-/package/@acme%2fplans/dist-tags/stable", "1.0.0")).toBe(201);
    const { _rev: rev } = await jsonOf<{ _rev: string }>(upstream.fetch("/@acme%2fplans"));
    const removal = await upstream.fetch(`/@acme%2fplans/-/plans-1.2.0.tgz/-rev/${rev}`, {
      method: "DELETE",
      token: owner,
    });
    expect(removal.status).toBeLessThan(300);
    await mirror.follow();
    const here = await packument(mirror, "@acme/plans");
    expect(here["dist-tags"]).toEqual({ latest: "1.1.0", stable: "1.0.0" });
    expect(Object.keys(here.versions)).toEqual(["1.0.0", "1.1.0"]);
    expect(here.versions["1.0.0"]?.deprecated).toBe("use 1.2.0");
  });

  it("withdraws what is withdrawn there, gives it back with it, and keeps what is withdrawn here", async () => {
    await publish({ name: "@acme/drafts" });
    await publish({ name: "@acme/drafts", version: "1.1.0" });
    await mirror.follow();
    const name = parsePackageName("@acme/drafts");
    if (name === undefined) throw new Error("no name");
    const target = { name, version: "1.1.0", detail: {} };
    const [there, here] = [upstream, mirror].map(({ stores: { metadata } }) => ({
      metadata,
      now: () => new Date(),
    }));
    if (there === undefined || here === undefined) throw new Error("no stores");
    await quarantine(there, OPERATOR, { ...target, reason: "it deletes files" });
    await mirror.follow();
    const gone = await mirror.fetch("/@acme/drafts/-/drafts-1.1.0.tgz");
    expect([gone.status, (await jsonOf<{ detail: string }>(gone)).detail]).toEqual([
      451,
      expect.stringContaining(`withdrawn at ${upstream.url}: it deletes files`),
    ]);
    await release(there, OPERATOR, target);
    await quarantine(here, OPERATOR, { ...target, version: "1.0.0", reason: "not for us" });
    await mirror.follow();
    expect(Object.keys((await packument(mirror, "@acme/drafts")).versions)).toEqual(["1.1.0"]);
    await quarantine(there, OPERATOR, { ...target, reason: "again" });
    await quarantine(there, OPERATOR, { ...target, version: "1.0.0", reason: "all of it" });
    await mirror.follow();
    expect((await mirror.fetch("/@acme%2fdrafts")).status).toBe(451);
    await release(there, OPERATOR, target);
    await mirror.follow();
    expect(Object.keys((await packument(mirror, "@acme/drafts")).versions)).toEqual(["1.1.0"]);
  });

  it("follows a skill that is unpublished whole, and comes back with the same bytes", async () => {
    await publish({ name: "@acme/briefs" });
    await mirror.follow();
    const { _rev: rev } = await jsonOf<{ _rev: string }>(upstream.fetch("/@acme%2fbriefs"));
    await upstream.fetch(`/@acme%2fbriefs/-rev/${rev}`, { method: "DELETE", token: owner });
    expect((await mirror.follow()).namespaces[0]).toMatchObject({ gone: 1, failure: null });
    expect((await mirror.fetch("/@acme%2fbriefs")).status).toBe(404);
    await publish({ name: "@acme/briefs" });
    await mirror.follow();
    expect((await mirror.fetch("/@acme/briefs/-/briefs-1.0.0.tgz")).status).toBe(200);
  });
});
