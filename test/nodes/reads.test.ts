import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parsePackageName } from "../../schema/src/index.ts";
import type { Caller } from "../../plugin/src/registry/caller.ts";
import { quarantine, release } from "../../plugin/src/registry/quarantine.ts";
import { jsonOf } from "../support/json.ts";
import { publishBody } from "../support/publish-body.ts";
import type { TestRegistry } from "../support/registry.ts";
import { startTwoNodes, type TwoNodes } from "../support/two-nodes.ts";

const OPERATOR: Caller = { account: null, token: null, operator: true, address: "", local: true };

interface Packument {
  _rev: string;
  "dist-tags": Record<string, string>;
  versions: Record<string, { deprecated?: string }>;
}

describe("what one node acknowledges", () => {
  let nodes: TwoNodes;
  let a: TestRegistry;
  let b: TestRegistry;
  let token: string;
  beforeAll(async () => {
    nodes = await startTwoNodes();
    ({ a, b } = nodes);
    token = await a.account("acme");
  });
  afterAll(async () => await nodes[Symbol.asyncDispose]());

  async function send(at: TestRegistry, method: string, path: string, body?: unknown): Promise<number> {
    const init = { method, token, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await at.fetch(path, init);
    await answer.text();
    return answer.status;
  }

  /** Publishes on A, and has B keep the packument. */
  async function publish(skill: string, version = "1.0.0"): Promise<void> {
    const body = publishBody({ name: `@acme/${skill}`, version });
    expect(await send(a, "PUT", `/@acme%2f${skill}`, body)).toBe(201);
    expect((await packument(b, skill)).versions).toHaveProperty([version]);
  }

  async function packument(at: TestRegistry, skill: string): Promise<Packument> {
    return await jsonOf(at.fetch(`/@acme%2f${skill}`));
  }

  async function statusOf(path: string, caller: { token?: string } = {}): Promise<number> {
    const answer = await b.fetch(path, caller);
    await answer.arrayBuffer();
    return answer.status;
  }

  async function found(text: string): Promise<number> {
    return (await jsonOf<{ total: number }>(b.fetch(`/-/v1/search?text=${text}`))).total;
  }

  it("is in the other's packument, search and tarballs at the next request", async () => {
    expect(await found("contracts")).toBe(0);
    await publish("contracts");
    await publish("contracts", "1.1.0");
    expect((await packument(b, "contracts"))["dist-tags"]).toEqual({ latest: "1.1.0" });
    expect(await statusOf("/@acme/contracts/-/contracts-1.1.0.tgz")).toBe(200);
    expect(await statusOf("/skills/acme/contracts")).toBe(200);
    expect(await found("contracts")).toBe(1);
  });

  it("moves tags, deprecates and unpublishes for the other, too", async () => {
    await publish("tagged");
    await publish("tagged", "1.1.0");
    expect(await send(a, "PUT", "/-/package/@acme%2ftagged/dist-tags/stable", "1.0.0")).toBe(201);
    expect((await packument(b, "tagged"))["dist-tags"]).toEqual({ latest: "1.1.0", stable: "1.0.0" });

    const read: Packument = await jsonOf(a.fetch("/@acme%2ftagged?write=true"));
    for (const version of Object.values(read.versions)) version.deprecated = "use another";
    expect(await send(a, "PUT", "/@acme%2ftagged", read)).toBe(201);
    expect((await packument(b, "tagged")).versions["1.0.0"]?.deprecated).toBe("use another");

    const { _rev: rev } = await packument(b, "tagged");
    expect(await send(a, "DELETE", `/@acme%2ftagged/-rev/${rev}`)).toBe(200);
    expect(await statusOf("/@acme%2ftagged")).toBe(404);
    expect(await statusOf("/@acme/tagged/-/tagged-1.0.0.tgz")).toBe(404);
    expect(await found("tagged")).toBe(0);
  });

  it("a stale writer on the other node is refused", async () => {
    await publish("stale");
    const read: Packument = await jsonOf(b.fetch("/@acme%2fstale?write=true"));
    await publish("stale", "1.1.0");
    for (const version of Object.values(read.versions)) version.deprecated = "old";
    expect(await send(b, "PUT", "/@acme%2fstale", read)).toBe(409);
  });

  it("hides from the other's readers what is restricted", async () => {
    await publish("secret");
    expect(await send(a, "POST", "/-/package/@acme%2fsecret/access", { access: "restricted" })).toBe(200);
    expect(await statusOf("/@acme%2fsecret")).toBe(404);
    expect(await statusOf("/@acme/secret/-/secret-1.0.0.tgz")).toBe(404);
    expect(await statusOf("/skills/acme/secret")).toBe(404);
    expect(await found("secret")).toBe(0);
    expect(await statusOf("/@acme%2fsecret", { token })).toBe(200);
  });

  it("withdraws for the other what an operator puts into quarantine, and gives it back", async () => {
    await publish("withdrawn");
    const name = parsePackageName("@acme/withdrawn");
    if (name === undefined) throw new Error("not a name");
    const target = { name, version: "1.0.0", detail: {} };
    const parts = { metadata: nodes.metadata, now: () => new Date() };
    expect(await statusOf("/@acme/withdrawn/-/withdrawn-1.0.0.tgz")).toBe(200);
    await quarantine(parts, OPERATOR, { ...target, reason: "it sends contracts to strangers" });
    expect(await statusOf("/@acme/withdrawn/-/withdrawn-1.0.0.tgz")).toBe(451);
    expect(await statusOf("/@acme%2fwithdrawn")).toBe(451);
    await release(parts, OPERATOR, target);
    expect(await statusOf("/@acme/withdrawn/-/withdrawn-1.0.0.tgz")).toBe(200);
    expect((await packument(b, "withdrawn"))["dist-tags"]).toEqual({ latest: "1.0.0" });
  });

  it("sends the other's readers on from the name that an org had", async () => {
    expect(await send(a, "POST", "/api/namespaces", { name: "globex" })).toBe(201);
    const body = publishBody({ name: "@globex/moved" });
    expect(await send(a, "PUT", "/@globex%2fmoved", body)).toBe(201);
    expect(await statusOf("/@globex%2fmoved")).toBe(200);
    expect(await send(a, "POST", "/api/namespaces/globex/rename", { to: "initech" })).toBe(200);
    expect(await statusOf("/@initech%2fmoved")).toBe(200);
    expect(await send(b, "PUT", "/@globex%2fother", publishBody({ name: "@globex/other" }))).toBe(409);
  });

  it("counts a like on either node, once for each account", async () => {
    await publish("liked");
    const zoe = await b.account("zoe");
    const like = async (at: TestRegistry, by: string): Promise<unknown> =>
      await jsonOf(at.fetch("/api/skills/acme/liked/like", { method: "PUT", token: by }));
    await Promise.all([like(a, token), like(b, zoe), like(b, token), like(a, zoe)]);
    for (const at of [a, b]) {
      expect(await jsonOf(at.fetch("/api/skills/acme/liked"))).toMatchObject({ likes: 2 });
      const page = await jsonOf(at.fetch("/api/skills?q=liked"));
      expect(page).toMatchObject({ hits: [{ name: "@acme/liked", likes: 2 }] });
    }
  });
});
