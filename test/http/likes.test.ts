import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { likeAnswer } from "../../schema/src/index.ts";
import { jsonOf } from "../support/json.ts";
import { publishBody } from "../support/publish-body.ts";
import { PASSWORD, startRegistry, type TestRegistry } from "../support/registry.ts";

describe("likes", () => {
  let registry: TestRegistry;
  let acme: string;
  let zoe: string;

  beforeAll(async () => {
    registry = await startRegistry();
    acme = await registry.account("acme");
    zoe = await registry.account("zoe");
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function publish(skill: string): Promise<void> {
    const body = JSON.stringify(publishBody({ name: `@acme/${skill}` }));
    expect((await registry.fetch(`/@acme%2f${skill}`, { method: "PUT", token: acme, body })).status).toBe(
      201,
    );
  }

  async function like(method: "PUT" | "DELETE", skill: string, token: string): Promise<unknown> {
    const answer = await registry.fetch(`/api/skills/acme/${skill}/like`, { method, token });
    expect(answer.status).toBe(200);
    return likeAnswer.parse(await jsonOf(answer));
  }

  async function likesOf(skill: string, token?: string): Promise<unknown> {
    const found: { likes: number; liked: boolean } = await jsonOf(
      registry.fetch(`/api/skills/acme/${skill}`, token === undefined ? {} : { token }),
    );
    return { likes: found.likes, liked: found.liked };
  }

  it("are one for each account, however often they are sent", async () => {
    await publish("liked");
    expect(await like("PUT", "liked", zoe)).toEqual({ likes: 1, liked: true });
    expect(await like("PUT", "liked", zoe)).toEqual({ likes: 1, liked: true });
    expect(await like("PUT", "liked", acme)).toEqual({ likes: 2, liked: true });
    expect(await like("DELETE", "liked", zoe)).toEqual({ likes: 1, liked: false });
    expect(await like("DELETE", "liked", zoe)).toEqual({ likes: 1, liked: false });
    expect(await likesOf("liked", acme)).toEqual({ likes: 1, liked: true });
    expect(await likesOf("liked", zoe)).toEqual({ likes: 1, liked: false });
    expect(await likesOf("liked")).toEqual({ likes: 1, liked: false });
  });

  it("are npm's stars", async () => {
    await publish("starred");
    const star = async (users: Record<string, boolean>): Promise<number> =>
      (
        await registry.fetch("/@acme%2fstarred", {
          method: "PUT",
          token: zoe,
          body: JSON.stringify({ users }),
        })
      ).status;
    expect(await star({ zoe: true })).toBe(201);
    expect(await likesOf("starred", zoe)).toEqual({ likes: 1, liked: true });
    const stars: { rows: { value: string }[] } = await jsonOf(
      registry.fetch('/-/_view/starredByUser?key="zoe"'),
    );
    expect(stars.rows).toContainEqual({ value: "@acme/starred" });
    expect(await like("DELETE", "starred", zoe)).toEqual({ likes: 0, liked: false });
    expect(
      (await jsonOf<typeof stars>(registry.fetch('/-/_view/starredByUser?key="zoe"'))).rows,
    ).not.toContainEqual({
      value: "@acme/starred",
    });
    expect(await like("PUT", "starred", zoe)).toEqual({ likes: 1, liked: true });
    expect(await star({})).toBe(201);
    expect(await likesOf("starred", zoe)).toEqual({ likes: 0, liked: false });
  });

  it("show in search at once, and leave the packument as it is", async () => {
    await publish("found");
    const before = await jsonOf<{ _rev: string }>(registry.fetch("/@acme%2ffound"));
    await like("PUT", "found", zoe);
    const { hits }: { hits: unknown[] } = await jsonOf(registry.fetch("/api/skills?q=found"));
    expect(hits).toEqual([expect.objectContaining({ name: "@acme/found", likes: 1 })]);
    expect(await jsonOf(registry.fetch("/@acme%2ffound"))).toEqual(before);
  });

  it("sent all at once are still one", async () => {
    await publish("hurried");
    await Promise.all(Array.from({ length: 20 }, () => like("PUT", "hurried", zoe)));
    expect(await likesOf("hurried", zoe)).toEqual({ likes: 1, liked: true });
  });

  it("of a skill that was unpublished are listed nowhere", async () => {
    await publish("withdrawn");
    await like("PUT", "withdrawn", zoe);
    const { _rev } = await jsonOf<{ _rev: string }>(registry.fetch("/@acme%2fwithdrawn"));
    await registry.fetch(`/@acme%2fwithdrawn/-rev/${_rev}`, { method: "DELETE", token: acme });
    const stars = await registry.fetch('/-/_view/starredByUser?key="zoe"');
    expect(await stars.text()).not.toContain("withdrawn");
  });

  it("take a login, a token that may write, and a skill that is there", async () => {
    await publish("guarded");
    const made = await registry.fetch("/-/npm/v1/tokens", {
      method: "POST",
      token: zoe,
      body: JSON.stringify({ password: PASSWORD, readonly: true }),
    });
    const { token: reader }: { token: string } = await jsonOf(made);
    const statusOf = async (path: string, token?: string): Promise<[number, unknown]> => {
      const answer = await registry.fetch(path, { method: "PUT", ...(token === undefined ? {} : { token }) });
      const { code }: { code?: string } = await jsonOf(answer);
      return [answer.status, code];
    };
    expect(await statusOf("/api/skills/acme/guarded/like")).toEqual([401, "ENEEDAUTH"]);
    expect(await statusOf("/api/skills/acme/guarded/like", reader)).toEqual([403, "EFORBIDDEN"]);
    expect(await statusOf("/api/skills/acme/nothing/like", zoe)).toEqual([404, "ENOTFOUND"]);
    expect(await statusOf("/api/skills/acme/guarded/like?liked=no", zoe)).toEqual([400, "EBADREQUEST"]);
    expect(await likesOf("guarded")).toEqual({ likes: 0, liked: false });
  });
});
