import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchPage, logIn, publishFiles, sendForm } from "../support/fetch-page.ts";
import { jsonOf } from "../support/json.ts";
import { type OpenedRegistry, startOpenedRegistry } from "../support/opened-registry.ts";
import { PASSWORD, startRegistry } from "../support/registry.ts";

const MB = 1024 * 1024;

describe("tokens", () => {
  let registry: OpenedRegistry;
  /** Questions for tokens that reached the database. */
  let asked = 0;
  let login: string;

  beforeAll(async () => {
    registry = await startOpenedRegistry({}, (metadata) => ({
      ...metadata,
      token: async (hash) => {
        asked += 1;
        return await metadata.token(hash);
      },
    }));
    login = await registry.account("acme");
    for (const skill of ["one", "two"]) {
      await publishFiles(registry, login, {
        name: `@acme/${skill}`,
        version: "1.0.0",
        files: { "SKILL.md": `---\nname: ${skill}\ndescription: Does ${skill}.\n---\n\nText.\n` },
      });
    }
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function makeToken(limits: Record<string, unknown>, by = login): Promise<Response> {
    const body = JSON.stringify({ name: "ci", password: PASSWORD, ...limits });
    return await registry.fetch("/-/npm/v1/tokens", { method: "POST", token: by, body });
  }

  async function tokenWith(limits: Record<string, unknown>): Promise<string> {
    const made: { token: string } = await jsonOf(await makeToken(limits));
    return made.token;
  }

  const whoami = async (token: string): Promise<number> =>
    (await registry.fetch("/-/whoami", { token })).status;

  it("of the right form with a wrong checksum, or of no form of ours, are refused without asking the database", async () => {
    asked = 0;
    const wrong = login.slice(0, -1) + (login.endsWith("0") ? "1" : "0");
    for (const token of [wrong, "skl_nobody", `${login}0`, `npm_${"a".repeat(36)}`]) {
      expect([token, await whoami(token)]).toEqual([token, 401]);
    }
    expect(asked).toBe(0);
    // Tokens made before there was a checksum have this form.
    expect(await whoami(login.slice(0, 47))).toBe(401);
    expect(asked).toBe(1);
  });

  const dist = { method: "PUT", body: JSON.stringify("1.0.0") };

  it.each([
    ["a skill", { packages: ["@acme/one"] }, 403],
    ["its namespace", { scopes: ["@acme"] }, 200],
    ["a namespace whose name begins alike", { scopes: ["@acme-x", "@acm"] }, 403],
    ["the beginning of a skill's name", { packages: ["@acme/t"] }, 403],
    ["everything", {}, 200],
    ["reading everything", { readonly: true }, 403],
  ])("for %s change what they are for, and nothing else", async (_, limits, status) => {
    const token = await tokenWith(limits);
    const answer = await registry.fetch("/-/package/@acme%2ftwo/dist-tags/lts", { ...dist, token });
    expect([200, 201, 204].includes(answer.status) ? 200 : answer.status).toBe(status);
    expect((await registry.fetch("/@acme%2ftwo", { token })).status).toBe(200);
  });

  it.each([
    ["limited to a skill", { packages: ["@acme/one"] }],
    ["limited to a namespace", { scopes: ["@acme"] }],
    ["read-only", { readonly: true }],
  ])("that are %s cannot become wider", async (_, limits) => {
    const token = await tokenWith(limits);
    const id = (await registry.metadata.tokens(1)).find(({ kind }) => kind === "login")?.id ?? "";
    const before = await registry.metadata.tokens(1);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const fields = new URLSearchParams({
      name: "x",
      access: "read-write",
      days: "",
      cidr: "",
      password: PASSWORD,
    });
    const tries: [string, RequestInit][] = [
      ["/-/npm/v1/tokens", { method: "POST", body: JSON.stringify({ name: "x", password: PASSWORD }) }],
      [`/-/npm/v1/tokens/token/${id}`, { method: "DELETE" }],
      ["/-/npm/v1/user", { method: "POST", body: JSON.stringify({ email: "x@example.com" }) }],
      ["/account/tokens", { method: "POST", headers: form, body: fields.toString() }],
      [`/account/tokens/${id}/revoke`, { method: "POST", headers: form, body: "" }],
    ];
    for (const [address, init] of tries) {
      expect([address, (await registry.fetch(address, { ...init, token })).status]).toEqual([address, 403]);
    }
    expect(await registry.metadata.tokens(1)).toEqual(before);
    const seen = "readonly" in limits ? 200 : 403;
    for (const address of ["/-/npm/v1/user", "/-/npm/v1/tokens", "/api/namespaces", "/account"]) {
      expect([address, (await registry.fetch(address, { token })).status]).toEqual([address, seen]);
    }
    // What it may: see whose it is, and end itself.
    expect(await whoami(token)).toBe(200);
    expect((await registry.fetch(`/-/user/token/${token}`, { method: "DELETE", token })).status).toBe(200);
    expect(await whoami(token)).toBe(401);
  });

  it("are not made by a stolen token: the password is asked for", async () => {
    const refused = await makeToken({ password: "guessed guessed" });
    expect([refused.status, await jsonOf(refused)]).toMatchObject([403, { detail: "wrong password" }]);
    expect((await makeToken({ password: undefined })).status).toBe(403);
  });

  it("of a locked account are refused, large bodies by their headers, and its sessions are nobody's", async () => {
    const token = await registry.account("locked");
    const cookie = await logIn(registry, "locked");
    const { id } = (await registry.metadata.account("locked")) ?? { id: 0 };
    const lock = async (at: string | null): Promise<void> =>
      await registry.metadata.transaction((tx) => tx.setLocked(id, at));
    await lock("2026-01-01T00:00:00.000Z");
    for (const address of ["/-/whoami", "/@acme%2fone", "/api/skills"]) {
      const refused = await registry.fetch(address, { token });
      expect([address, refused.status]).toEqual([address, 403]);
      expect(await refused.text()).toContain("this account is locked by an operator");
    }
    const large = await registry.fetch("/@locked%2fx", { method: "PUT", token, body: "x".repeat(MB) });
    expect([large.status, await large.text()]).toEqual([
      403,
      expect.stringContaining("this account is locked"),
    ]);
    expect((await fetchPage(registry, "/account", cookie)).status).toBe(303);
    expect((await fetchPage(registry, "/", cookie)).status).toBe(200);
    await lock(null);
    expect(await whoami(token)).toBe(200);
    expect((await fetchPage(registry, "/account", cookie)).status).toBe(200);
  });

  it("remember when they were used, when the registry stops at the latest", async () => {
    const used: (string | null)[] = [];
    const own = await startOpenedRegistry({}, (metadata) => ({
      ...metadata,
      close: async () => {
        used.push(...(await metadata.tokens(1)).map(({ lastUsedAt }) => lastUsedAt));
        await metadata.close();
      },
    }));
    const token = await own.account("acme");
    await own.account("acme");
    const before = new Date().toISOString();
    await own.fetch("/-/whoami", { token });
    await own[Symbol.asyncDispose]();
    expect(used).toHaveLength(2);
    const times = used.flatMap((at) => (at === null ? [] : [at]));
    expect(times).toHaveLength(1);
    expect(times[0]?.localeCompare(before)).toBeGreaterThanOrEqual(0);
  });
});

describe("a leaked token", () => {
  it("is refused at every door of every node with the next request after it was revoked", async () => {
    const data = await mkdtemp(path.join(os.tmpdir(), "skills-nodes-"));
    try {
      const node = async () =>
        await startRegistry({
          settings: (settings) => ({
            ...settings,
            registry: { ...settings.registry, data, secretFile: path.join(data, "secret.key") },
          }),
        });
      await using first = await node();
      await using second = await node();
      const owner = await first.account("acme");
      const leaked = await first.account("acme");
      const doors = ["/-/whoami", "/-/npm/v1/tokens", "/-/ping", "/api/skills", "/account", "/"];
      const ask = async (): Promise<number[]> => {
        const nodes = [first, second].flatMap((each) =>
          doors.map((door) => each.fetch(door, { token: leaked })),
        );
        return (await Promise.all(nodes)).map(({ status }) => status);
      };
      expect(await ask()).toEqual(Array.from({ length: 12 }, () => 200));
      const cookie = await logIn(first, "acme");
      expect((await fetchPage(second, "/account", cookie)).status).toBe(200);
      const revoked = await second.fetch(`/-/npm/v1/tokens/token/${leaked}`, {
        method: "DELETE",
        token: owner,
      });
      expect(revoked.status).toBe(200);
      expect(await ask()).toEqual(Array.from({ length: 12 }, () => 401));
      await sendForm(second, "/logout", { fields: {}, cookie });
      expect((await fetchPage(first, "/account", cookie)).status).toBe(303);
    } finally {
      await rm(data, { recursive: true, force: true });
    }
  });
});
