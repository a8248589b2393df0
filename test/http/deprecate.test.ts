import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonOf } from "../support/json.ts";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

interface Packument {
  versions: { "1.0.0": { deprecated?: unknown } };
}

describe("a deprecation", () => {
  let registry: TestRegistry;
  let owner: string;

  beforeAll(async () => {
    registry = await startRegistry();
    owner = await registry.account("acme");
    expect(await put(owner, publishBody())).toBe(201);
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function put(token: string, body: unknown): Promise<number> {
    const answer = await registry.fetch("/@acme%2fsample", {
      method: "PUT",
      token,
      body: JSON.stringify(body),
    });
    return answer.status;
  }

  async function read(): Promise<Packument> {
    return await jsonOf(registry.fetch("/@acme%2fsample"));
  }

  /** As `npm deprecate` does it, which reads the packument first. */
  async function deprecate(message: unknown, meanwhile = async () => {}): Promise<number> {
    const document = await read();
    await meanwhile();
    document.versions["1.0.0"].deprecated = message;
    return await put(owner, document);
  }

  it("message that would drive or deceive a terminal is refused; any other is shown as it is", async () => {
    const bad = ["\u001B[2Jgone", "\u202Egnp.exe", "one\ntwo", "\u{E0041}", "x".repeat(1025), 5, {}];
    for (const message of bad) expect(await deprecate(message), JSON.stringify(message)).toBe(400);
    expect((await read()).versions["1.0.0"].deprecated).toBeUndefined();
    const good = "Ersetzt durch „größer“ — 使用 v2 🎉";
    expect(await deprecate(good)).toBe(201);
    expect((await read()).versions["1.0.0"].deprecated).toBe(good);
  });

  it("is not kept from its owner by strangers who star and unstar", async () => {
    const stranger = await registry.account("mallory");
    for (const starred of [true, false, true]) {
      const star = async (): Promise<void> => {
        expect(await put(stranger, { users: starred ? { mallory: true } : {} })).toBe(201);
      };
      expect(await deprecate(`old, ${starred}`, star)).toBe(201);
      await star();
      const stars = await registry.fetch(`/-/_view/starredByUser?key="mallory"`);
      expect(await stars.json()).toEqual({ rows: starred ? [{ value: "@acme/sample" }] : [] });
    }
  });
});
