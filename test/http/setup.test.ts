import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultSettings, type Settings } from "../../plugin/src/config-file.ts";
import { type RunningServer, startServer } from "../../plugin/src/server.ts";
import { openSqlite } from "../../plugin/src/store/metadata/sqlite/open.ts";
import type { AuditRecord } from "../../plugin/src/store/metadata.ts";
import { jsonOf } from "../support/json.ts";

const PASSWORD = "correct horse battery";

describe("the first operator", () => {
  let folder: string;
  let server: RunningServer | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "skills-setup-"));
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts the registry on the folder, again if it runs, and returns its code. */
  async function start(change: Partial<Settings["registry"]> = {}): Promise<string> {
    await server?.close();
    const base = defaultSettings(folder);
    const log = { ...base.log, level: "fatal", format: "json" };
    server = await startServer({ ...base, port: 0, log, registry: { ...base.registry, ...change } });
    return server.setupCode ?? "none";
  }

  function address(page: string): string {
    if (server === undefined) throw new Error("the server does not run");
    return server.url + page;
  }

  async function send(
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return await fetch(address("/setup"), {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { accept: "text/html", origin: address(""), ...headers },
      redirect: "manual",
    });
  }

  function cookieOf(answer: Response): string {
    return answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  }

  async function logIn(name: string): Promise<string> {
    const body = JSON.stringify({ name, password: PASSWORD });
    const headers = { "content-type": "application/json" };
    await jsonOf(fetch(address(`/-/user/org.couchdb.user:${name}`), { method: "PUT", body, headers }));
    const answer = await fetch(address("/login"), {
      method: "POST",
      body: new URLSearchParams({ name, password: PASSWORD }),
      headers: { origin: address("") },
      redirect: "manual",
    });
    return cookieOf(answer);
  }

  async function statusOf(page: string, cookie = ""): Promise<number> {
    return (await fetch(address(page), { headers: { accept: "text/html", cookie }, redirect: "manual" }))
      .status;
  }

  async function log(): Promise<AuditRecord[]> {
    const metadata = await openSqlite({ file: path.join(folder, "data/registry.sqlite") });
    const entries = await metadata.auditAfter(0, 100);
    await metadata.close();
    return entries;
  }

  it("is who brings the code, with a new account and at once logged in", async () => {
    const code = await start({ registration: "closed" });
    expect(code).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/);
    expect(await statusOf("/setup")).toBe(200);
    // As people type it.
    const answer = await send({
      code: ` ${code.toUpperCase().replaceAll("-", " ")}`,
      name: "otto",
      password: PASSWORD,
    });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/operator"]);
    expect(await statusOf("/operator", cookieOf(answer))).toBe(200);
    expect(await statusOf("/setup")).toBe(404);
    expect(await log()).toMatchObject([
      { action: "register", account: "otto" },
      { action: "setup", account: "otto", subject: "otto" },
      { action: "login", account: "otto" },
    ]);
    expect(JSON.stringify(await log())).not.toContain(code);
  });

  it("is the account that is logged in, where there is one", async () => {
    const code = await start();
    const cookie = await logIn("otto");
    expect(await statusOf("/operator", cookie)).toBe(403);
    const page = await (await fetch(address("/setup"), { headers: { accept: "text/html", cookie } })).text();
    expect(page).toContain("<strong>otto</strong>");
    expect(page).not.toContain('type="password"');
    expect((await send({ code }, { cookie })).status).toBe(303);
    expect(await statusOf("/operator", cookie)).toBe(200);
  });

  it("is one only: the code works once, also for two at the same time", async () => {
    const code = await start();
    const answers = await Promise.all(
      ["ada", "bob"].map((name) => send({ code, name: `${name}-${name}`, password: PASSWORD })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303, 404]));
    expect((await log()).filter(({ action }) => action === "setup")).toHaveLength(1);
    expect((await send({ code, name: "carl", password: PASSWORD })).status).toBe(404);
  });

  it("needs the code of the last start", async () => {
    const old = await start();
    const code = await start();
    expect(code).not.toBe(old);
    expect((await send({ code: old, name: "otto", password: PASSWORD })).status).toBe(403);
    expect((await send({ code, name: "otto", password: PASSWORD })).status).toBe(303);
    expect(await start()).toBe("none");
  });

  it("is nobody who guesses: wrong codes are refused, recorded, and have to wait", async () => {
    await start();
    const statuses: number[] = [];
    for (let guess = 0; guess < 12; guess += 1) {
      statuses.push(
        (await send({ code: `0000-0000-0000-${1000 + guess}`, name: "otto", password: PASSWORD })).status,
      );
    }
    expect(new Set(statuses)).toEqual(new Set([403, 429]));
    expect(statuses.at(-1)).toBe(429);
    const entries = await log();
    expect(entries).toMatchObject([
      { action: "setup.refused", account: null, detail: { reason: "wrong code" } },
    ]);
    expect(JSON.stringify(entries)).not.toContain("0000-0000");
  });

  it.each([
    ["a name that cannot be", { name: "Otto!", password: PASSWORD }, 400],
    ["a short password", { name: "otto", password: "short" }, 400],
    ["a name that is taken", { name: "acme", password: PASSWORD }, 409],
    ["nothing", {}, 400],
  ])("is nobody with %s, and the code stays good", async (_what, fields, status) => {
    const code = await start();
    await logIn("acme");
    expect((await send({ code, ...fields })).status).toBe(status);
    expect((await send({ code, name: "otto", password: PASSWORD })).status).toBe(303);
  });

  it("is not made by a form of another site", async () => {
    const code = await start();
    const cookie = await logIn("otto");
    const foreign = await send({ code }, { cookie, origin: "https://evil.example" });
    expect(foreign.status).toBe(403);
    expect(await statusOf("/operator", cookie)).toBe(403);
  });

  it("is not wanted where the configuration names one", async () => {
    expect(await start({ operators: ["otto"] })).toBe("none");
    expect(await statusOf("/setup")).toBe(404);
    expect((await send({ code: "x", name: "otto", password: PASSWORD })).status).toBe(404);
  });

  it("logs in first where nobody has a password", async () => {
    const provider = {
      type: "github" as const,
      id: "github",
      title: "GitHub",
      url: "https://github.com",
      clientId: "id",
      clientSecret: "secret",
      organizations: [],
    };
    const code = await start({ providers: [provider] });
    const page = await (await fetch(address("/setup"), { headers: { accept: "text/html" } })).text();
    expect(page).toContain('href="/login?next=%2Fsetup"');
    expect(page).not.toContain('<form action="/setup"');
    expect((await send({ code, name: "otto", password: PASSWORD })).status).toBe(403);
  });
});
