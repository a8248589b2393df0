import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../plugin/src/config-file.ts";
import { claimNamespaces } from "../../plugin/src/mirror/follow.ts";
import { setVisibility } from "../../plugin/src/registry/visibility.ts";
import { parsePackageName } from "../../schema/src/index.ts";
import { jsonOf } from "../support/json.ts";
import { keysOf, type MirrorRegistry, startMirror } from "../support/mirror.ts";
import { type OrgRegistry, startOrgRegistry } from "../support/org.ts";
import { publishBody } from "../support/publish-body.ts";

interface Packument {
  versions: Record<string, { dist: { signatures: unknown[] }; skillReport: { publishedAs?: string } }>;
}

const OPERATOR = { account: null, token: null, operator: true, address: "test", local: true };

describe("a mirrored namespace", () => {
  let upstream: OrgRegistry;
  let mirror: MirrorRegistry;
  let owner: string;
  /** Accounts of the mirror. */
  let member: string;
  let stranger: string;

  beforeAll(async () => {
    upstream = await startOrgRegistry();
    owner = await upstream.account("ada");
    await upstream.org("acme", { ada: "owner" });
    await upstream.org("tools", { ada: "owner" });
    await upstream.org("others", { ada: "owner" });
    for (const name of ["@acme/open", "@acme/secret", "@acme/walker", "@acme/leaver", "@tools/saw"])
      await publish(name);
    await show("@acme/secret", "restricted");
    mirror = await startMirror({
      url: upstream.url,
      // The one that something moves to comes first.
      namespaces: ["tools", "acme"],
      keys: await keysOf(upstream),
      token: owner,
    });
    member = await mirror.account("mel");
    stranger = await mirror.account("sam");
    const mel = await mirror.stores.metadata.account("mel");
    if (mel === undefined) throw new Error("no account");
    await mirror.stores.metadata.transaction((tx) => tx.setRole("acme", mel.id, "member"));
  });
  afterAll(async () => {
    await mirror[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });

  async function publish(name: string, version = "1.0.0"): Promise<void> {
    const body = JSON.stringify(publishBody({ name, version }));
    const answer = await upstream.fetch(address(name), { method: "PUT", token: owner, body });
    expect(answer.status).toBe(201);
  }

  async function show(name: string, visibility: "public" | "restricted"): Promise<void> {
    const parsed = parsePackageName(name);
    if (parsed === undefined) throw new Error("no name");
    const { metadata } = upstream.stores;
    await setVisibility({ metadata, now: () => new Date() }, OPERATOR, { name: parsed, visibility });
  }

  const address = (name: string): string => `/${name.replace("/", "%2f")}`;
  const status = async (name: string, token?: string): Promise<number> =>
    (await mirror.fetch(address(name), token === undefined ? {} : { token })).status;

  it("shows restricted skills to its members here alone, from the look after they were restricted on", async () => {
    expect([await status("@acme/secret"), await status("@acme/secret", stranger)]).toEqual([404, 404]);
    expect(await status("@acme/secret", member)).toBe(200);
    await show("@acme/secret", "public");
    await show("@acme/open", "restricted");
    await mirror.follow();
    expect([await status("@acme/secret"), await status("@acme/open")]).toEqual([200, 404]);
    await show("@acme/open", "public");
    await mirror.follow();
  });

  it.each([
    ["a publish", "PUT", address("@acme/mine"), publishBody({ name: "@acme/mine" })],
    ["another version", "PUT", address("@acme/open"), publishBody({ name: "@acme/open", version: "2.0.0" })],
    ["a tag", "PUT", "/-/package/@acme%2fopen/dist-tags/mine", "1.0.0"],
    ["an unpublish", "DELETE", `${address("@acme/open")}/-rev/1`, undefined],
    ["a role", "PUT", "/api/namespaces/acme/members/sam", { role: "owner" }],
    ["a trust", "POST", "/api/namespaces/acme/trust", {}],
  ])(
    "takes no change from anybody: %s is refused with the way to where it belongs",
    async (_what, method, path, body) => {
      for (const token of [member, stranger]) {
        const init = body === undefined ? {} : { body: JSON.stringify(body) };
        const answer = await mirror.fetch(path, { method, token, ...init });
        const { code, hint }: { code: string; hint: string } = await jsonOf(answer);
        expect([answer.status, code]).toEqual([403, "EMIRROR"]);
        expect(hint).toContain(`--registry=${upstream.url}/`);
      }
    },
  );

  it("is nobody's to take, and its likes are those of the people here", async () => {
    const taken = await mirror.fetch("/api/namespaces", {
      method: "POST",
      token: stranger,
      body: '{"name":"acme"}',
    });
    expect(taken.status).toBe(409);
    const liked = await mirror.fetch("/api/skills/acme/open/like", { method: "PUT", token: stranger });
    expect(await jsonOf(liked)).toMatchObject({ likes: 1 });
  });

  it("says where it comes from: in the packument, the REST API and on the page", async () => {
    const packument = await jsonOf<{ mirroredFrom: string }>(mirror.fetch(address("@acme/open")));
    const skill = await jsonOf<{ mirroredFrom: string }>(mirror.fetch("/api/skills/acme/open"));
    expect([packument.mirroredFrom, skill.mirroredFrom]).toEqual([upstream.url, upstream.url]);
    const page = await (await mirror.fetch("/skills/acme/open")).text();
    expect(page).toContain(`mirrored from <a href="${upstream.url}/skills/acme/open"`);
    const namespace = await (await mirror.fetch("/skills/acme")).text();
    expect(namespace).toContain(`mirrored from <a href="${upstream.url}/skills/acme"`);
    expect(await jsonOf(upstream.fetch("/api/skills/acme/open"))).toMatchObject({ mirroredFrom: null });
  });

  it("follows a skill to its new name, with its likes, and sends readers of the old one on", async () => {
    await mirror.fetch("/api/skills/acme/walker/like", { method: "PUT", token: stranger });
    await move("walker", { from: "acme", to: "tools" });
    await mirror.follow();
    const moved = await mirror.fetch("/@acme%2fwalker");
    expect([moved.status, moved.url]).toEqual([200, `${mirror.url}/@tools%2fwalker`]);
    const there = await jsonOf<Packument>(upstream.fetch("/@tools%2fwalker"));
    const here = await jsonOf<Packument>(moved);
    expect(here.versions["1.0.0"]?.dist.signatures).toEqual(there.versions["1.0.0"]?.dist.signatures);
    expect(here.versions["1.0.0"]?.skillReport.publishedAs).toBe("@acme/walker");
    expect(await jsonOf(mirror.fetch("/api/skills/tools/walker"))).toMatchObject({ likes: 1 });
    await move("walker", { from: "tools", to: "acme" });
    await mirror.follow();
    expect(await jsonOf(mirror.fetch("/api/skills/acme/walker"))).toMatchObject({ likes: 1 });
  });

  it("takes away a skill that moved to where nothing is copied from, and asks nothing there", async () => {
    await move("leaver", { from: "acme", to: "others" });
    const [, acme] = (await mirror.follow()).namespaces;
    expect(acme).toMatchObject({ namespace: "acme", gone: 1, failure: null });
    expect([await status("@acme/leaver"), await status("@others/leaver")]).toEqual([404, 404]);
  });

  async function move(skill: string, { from, to }: { from: string; to: string }): Promise<void> {
    const body = JSON.stringify({ skill, to });
    const answer = await upstream.fetch(`/api/namespaces/${from}/move`, {
      method: "POST",
      token: owner,
      body,
    });
    expect(answer.status).toBe(200);
  }

  it("stops the start when it has skills or people of its own, or is a copy of another registry", async () => {
    const { metadata } = upstream.stores;
    const text = "skills:\n  upstream:\n    - url: https://skills.example.com\n      namespaces: [acme]\n";
    const config = parseConfig(text, "/srv/config.yaml").registry;
    await expect(claimNamespaces({ metadata, config, now: () => new Date() })).rejects.toMatchObject({
      code: "EMIRROR",
      message: expect.stringContaining("has skills or people of its own"),
    });
    const parts = { metadata: mirror.stores.metadata, config, now: () => new Date() };
    await expect(claimNamespaces(parts)).rejects.toMatchObject({
      message: expect.stringContaining(`it is a copy of ${upstream.url}`),
    });
  });
});
