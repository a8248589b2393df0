import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditRecord } from "../../plugin/src/store/metadata.ts";
import { publishFiles, sendForm } from "../support/fetch-page.ts";
import { jsonOf } from "../support/json.ts";
import { type OpenedRegistry, startOpenedRegistry } from "../support/opened-registry.ts";
import { PASSWORD } from "../support/registry.ts";

const AT = "2026-01-01T00:00:00.000Z";
const WRONG = "wrong horse battery";

/** Milliseconds: far above what a request takes, far below what dozens of passwords take. */
const FAST = 400;

describe("passwords", () => {
  let registry: OpenedRegistry;
  let token: string;

  beforeAll(async () => {
    registry = await startOpenedRegistry({
      settings: (settings) => ({
        ...settings,
        server: { ...settings.server, trustProxy: true },
        registry: { ...settings.registry, registration: "loopback" },
      }),
    });
    token = await registry.account("acme");
    await publishFiles(registry, token, {
      name: "@acme/contracts",
      version: "1.0.0",
      files: { "SKILL.md": "---\nname: contracts\ndescription: Drafts contracts.\n---\n\nText.\n" },
    });
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  let addresses = 0;
  /** A caller from far away, where nobody can register, and from where nobody has called before. */
  const away = (): Record<string, string> => ({
    "x-forwarded-for": `10.0.${Math.floor((addresses += 1) / 250)}.${addresses % 250}`,
  });

  async function npmLogin(name: string, password: string, headers = away()): Promise<Response> {
    const body = JSON.stringify({ name, password });
    return await registry.fetch(`/-/user/org.couchdb.user:${name}`, { method: "PUT", body, headers });
  }

  async function pageLogin(name: string, password: string): Promise<Response> {
    return await sendForm(registry, "/login", { fields: { name, password }, headers: away() });
  }

  async function lock(name: string): Promise<void> {
    await registry.account(name);
    const { id } = (await registry.metadata.account(name)) ?? { id: 0 };
    await registry.metadata.transaction((tx) => tx.setLocked(id, AT));
  }

  async function addWithoutPassword(name: string): Promise<void> {
    const account = { name, email: null, passwordHash: null, operator: false, lockedAt: null, createdAt: AT };
    await registry.metadata.transaction((tx) => tx.insertAccount(account, name));
  }

  /** Tries a wrong password for every name again and again; returns the median time of each, and all different answers. */
  async function tryWrong(
    tryLogin: typeof pageLogin,
    names: string[],
  ): Promise<{ times: number[]; answers: string[] }> {
    const times = new Map<string, number[]>(names.map((name) => [name, []]));
    const answers = new Set<string>();
    for (let round = 0; round < 9; round += 1) {
      // Each name has every place in the order: what runs beside the test may come at regular times.
      const first = round % names.length;
      for (const name of [...names.slice(first), ...names.slice(0, first)]) {
        const start = performance.now();
        const answer = await tryLogin(name, WRONG);
        const text = (await answer.text()).replaceAll(name, "NAME").replace(/urn:uuid:[0-9a-f-]+/, "");
        times.get(name)?.push(performance.now() - start);
        answers.add(`${answer.status} ${text}`);
      }
    }
    return { times: names.map((name) => median(times.get(name) ?? [])), answers: [...answers] };
  }

  /** Times are compared again when they differ, since a busy machine makes them; a difference of ours would be there each time. */
  const BATCHES = 6;

  it.each([
    ["npm login", "npm", npmLogin],
    ["the page", "page", pageLogin],
  ])(
    "tell nobody at %s which names there are, neither by the answer nor by its time",
    async (_, door, tryLogin) => {
      const spreads: number[] = [];
      for (let batch = 0; batch < BATCHES && !spreads.some((spread) => spread < 1.25); batch += 1) {
        const prefix = `${door}-${"x".repeat(8 * (batch + 1))}`;
        const [elsewhere, locked, known] = [`${prefix}-elsewhere`, `${prefix}-locked`, `${prefix}-known`];
        await addWithoutPassword(elsewhere);
        await lock(locked);
        await registry.account(known);
        const names = [`${prefix}-unknown`, elsewhere, locked, known];
        const { times, answers } = await tryWrong(tryLogin, names);
        expect(answers).toEqual([expect.stringMatching(/^40[13] [^]*wrong user name or password/i)]);
        expect(Math.min(...times)).toBeGreaterThan(20);
        spreads.push(Math.max(...times) / Math.min(...times));
        // Who knows the password may know the rest.
        const refused = await tryLogin(locked, PASSWORD);
        expect([refused.status, await refused.text()]).toEqual([
          403,
          expect.stringContaining("account is locked"),
        ]);
      }
      expect(Math.min(...spreads)).toBeLessThan(1.25);
    },
    120_000,
  );

  it("are checked beside everything else: the registry stays fast while dozens are wrong", async () => {
    const tarball = "/@acme/contracts/-/contracts-1.0.0.tgz";
    const delay = monitorEventLoopDelay({ resolution: 5 });
    let guessing = true;
    const guesses = Array.from({ length: 60 }, async (_, index) => await npmLogin(`nobody-${index}`, WRONG));
    const all = Promise.all(guesses).finally(() => (guessing = false));
    const times: number[] = [];
    delay.enable();
    while (guessing) {
      for (const path of ["/-/ping", tarball]) {
        const start = performance.now();
        const answer = await registry.fetch(path);
        await answer.arrayBuffer();
        expect(answer.status).toBe(200);
        times.push(performance.now() - start);
      }
    }
    delay.disable();
    expect((await all).map(({ status }) => status)).toEqual(Array.from({ length: 60 }, () => 403));
    expect(times.length).toBeGreaterThan(20);
    expect(times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)]).toBeLessThan(FAST);
    expect(delay.percentile(95) / 1e6).toBeLessThan(FAST / 4);
  });

  async function recorded(subject: string): Promise<Pick<AuditRecord, "action" | "account" | "detail">[]> {
    const log = await registry.metadata.audit({ namespace: null, before: null, limit: 200 });
    return log
      .filter((entry) => entry.subject === subject)
      .map(({ action, account, detail }) => ({ action, account, detail }));
  }

  it("leave in the log who logged in, and who was refused, once in a minute", async () => {
    await registry.account("watched");
    const from = away();
    for (let count = 0; count < 3; count += 1) await npmLogin("watched", WRONG, from);
    expect((await npmLogin("watched", PASSWORD, from)).status).toBe(201);
    const login = {
      action: "login",
      account: "watched",
      detail: { kind: "login", token: expect.any(String) },
    };
    expect(await recorded("watched")).toEqual([
      login,
      { action: "login.refused", account: null, detail: { reason: "wrong password" } },
      login,
      { action: "register", account: "watched", detail: {} },
    ]);
  });

  it("leave in the log what was throttled, and the right ones of locked accounts", async () => {
    await registry.account("guessed");
    await Promise.all(Array.from({ length: 14 }, async () => await npmLogin("guessed", WRONG)));
    const reasons = (await recorded("guessed")).map(({ detail }) => detail["reason"]);
    expect(reasons).toEqual(expect.arrayContaining(["throttled", "wrong password"]));
    await lock("shut");
    await npmLogin("shut", PASSWORD);
    expect((await recorded("shut"))[0]).toMatchObject({
      action: "login.refused",
      detail: { reason: "locked" },
    });
  });

  it("leave no trace when they are typed where the name belongs", async () => {
    await pageLogin(PASSWORD, PASSWORD);
    const log = await registry.metadata.audit({ namespace: null, before: null, limit: 200 });
    expect(log.some(({ subject }) => subject === "(unknown name)")).toBe(true);
    expect(JSON.stringify(log)).not.toMatch(new RegExp(`${PASSWORD}|${WRONG}`));
  });

  it.each(["password123", "newcomer-x", "short"])("like %j make no account", async (password) => {
    const body = JSON.stringify({ name: "newcomer-x", password });
    const refused = await registry.fetch("/-/user/org.couchdb.user:newcomer-x", { method: "PUT", body });
    expect([refused.status, await jsonOf(refused)]).toMatchObject([400, { code: "EBADREQUEST" }]);
    expect(await registry.metadata.account("newcomer-x")).toBeUndefined();
  });

  it("are taken nowhere where people log in elsewhere only", async () => {
    const github = { type: "github" as const, id: "github", title: "GitHub", organizations: [] };
    const provider = { ...github, url: "https://github.example.com", clientId: "x", clientSecret: "y" };
    await using own = await startOpenedRegistry({
      settings: (settings) => ({
        ...settings,
        registry: { ...settings.registry, providers: [provider] },
      }),
    });
    const body = JSON.stringify({ name: "acme", password: PASSWORD });
    const refused = await own.fetch("/-/user/org.couchdb.user:acme", { method: "PUT", body });
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("by password")]);
    expect(await own.metadata.account("acme")).toBeUndefined();
  });
});

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
