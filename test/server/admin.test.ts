import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MetadataWriter } from "../../plugin/src/store/metadata.ts";
import { jsonOf } from "../support/json.ts";
import type { Outcome } from "../support/process.ts";
import { publishBody } from "../support/publish-body.ts";
import { PASSWORD } from "../support/registry.ts";
import { registryCommand } from "../support/registry-command.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { openMetadataBeside, testStoreSection } from "../support/test-store.ts";

const NOW = "2026-11-22T18:00:00.000Z";

describe("skills-registry admin, beside a running registry,", () => {
  let folder: string;
  let server: ServerProcess;
  /** Every password and token of the scenario. */
  const secrets = new Set<string>([PASSWORD]);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "skills-admin-"));
    const skills = { ...(await testStoreSection(folder)), requestsPerMinute: 1_000_000 };
    await writeFile(path.join(folder, "config.yaml"), JSON.stringify({ skills }));
    server = await startServerProcess(folder, ["--config", path.join(folder, "config.yaml")]);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function admin(...args: string[]): Promise<Outcome> {
    return await registryCommand(folder, ["admin", ...args]);
  }

  async function logIn(name: string, password = PASSWORD): Promise<{ status: number; token: string }> {
    const answer = await fetch(`${server.url}/-/user/org.couchdb.user:${name}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, password }),
    });
    const { token = "" }: { token?: string } = await jsonOf(answer);
    if (token !== "") secrets.add(token);
    return { status: answer.status, token };
  }

  async function send(address: string, token: string, init: RequestInit = {}): Promise<Response> {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    return await fetch(server.url + address, { ...init, headers });
  }

  async function statusOf(address: string, token: string): Promise<number> {
    return (await send(address, token)).status;
  }

  async function write(work: (tx: MetadataWriter) => Promise<void>): Promise<void> {
    const metadata = await openMetadataBeside(folder);
    await metadata.transaction(work);
    await metadata.close();
  }

  /** The password that was printed, in its own words. */
  function passwordIn({ stdout }: Outcome, name: string): string {
    const password = new RegExp(`^password of ${name}, shown this once: (\\S+)\\n$`).exec(stdout)?.[1] ?? "";
    expect(password).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4}){4}$/);
    secrets.add(password);
    return password;
  }

  it("the greeting shows a setup code while there is no operator", async () => {
    expect(server.output()).toMatch(
      new RegExp(`\\n\\nThis registry has no operator\\. To become the first one, open ${server.url}/setup
and enter the setup code [0-9a-z]{4}(-[0-9a-z]{4}){3} \\(good once, until the next start\\)\\.\\n\\n$`),
    );
    secrets.add(/setup code (\S+)/.exec(server.output())?.[1] ?? "");
  });

  it("makes and unmakes operators, from the next request on", async () => {
    const { token } = await logIn("otto");
    expect(await statusOf("/api/audit", token)).toBe(403);
    expect(await admin("operator", "add", "otto")).toMatchObject({
      code: 0,
      stdout: "otto is an operator\n",
    });
    expect(await statusOf("/api/audit", token)).toBe(200);
    expect(await admin("operator", "list", "--json")).toMatchObject({
      code: 0,
      stdout: '{"operators":["otto"],"configured":[]}\n',
    });
    expect(await admin("operator", "remove", "otto")).toMatchObject({ code: 0 });
    expect(await statusOf("/api/audit", token)).toBe(403);
    expect(await admin("operator", "remove", "otto")).toMatchObject({ code: 1, stdout: "" });
  });

  it("locks an account: tokens and logins are refused at once, until it is unlocked", async () => {
    const { token } = await logIn("lena");
    expect(await statusOf("/-/whoami", token)).toBe(200);
    expect(await admin("lock", "lena")).toMatchObject({ code: 0, stdout: "lena is locked\n" });
    const refused = await send("/-/whoami", token);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("locked by an operator");
    expect((await logIn("lena")).status).toBe(403);
    expect((await logIn("lena", "a wrong password")).status).toBe(401);
    expect(await admin("lock", "lena")).toMatchObject({ code: 1, stdout: "" });
    expect(await admin("unlock", "lena")).toMatchObject({ code: 0 });
    expect(await statusOf("/-/whoami", token)).toBe(200);
  });

  it("resets a password: the old one, logins and sessions end, tokens that were made stay", async () => {
    const { token } = await logIn("rosa");
    const made = await jsonOf<{ token: string }>(
      send("/-/npm/v1/tokens", token, { method: "POST", body: JSON.stringify({ password: PASSWORD }) }),
    );
    secrets.add(made.token);
    const password = passwordIn(await admin("reset-password", "rosa"), "rosa");
    expect(await statusOf("/-/whoami", token)).toBe(401);
    expect(await statusOf("/-/whoami", made.token)).toBe(200);
    expect((await logIn("rosa")).status).toBe(401);
    expect((await logIn("rosa", password)).status).toBe(201);
    const listed = await admin("list-tokens", "rosa", "--json");
    const { tokens }: { tokens: { id: string; kind: string; hint: string }[] } = JSON.parse(listed.stdout);
    expect(tokens).toHaveLength(2);
    for (const { hint } of tokens) expect((await admin("list-tokens", "rosa")).stdout).toContain(hint);
    expect(await admin("revoke-tokens", "rosa", "--token", "none")).toMatchObject({ code: 1, stdout: "" });
    expect(await statusOf("/-/whoami", made.token)).toBe(200);
    const one = tokens.find(({ kind }) => kind === "token")?.id ?? "";
    expect(await admin("revoke-tokens", "rosa", "--token", one)).toMatchObject({ code: 0 });
    expect(await statusOf("/-/whoami", made.token)).toBe(401);
    const revoked = await admin("revoke-tokens", "rosa", "--json");
    expect(revoked).toMatchObject({ code: 0, stdout: '{"account":"rosa","revoked":1}\n' });
  });

  it("gives an account of a provider a password only when it is told to", async () => {
    await write(async (tx) => {
      const made = {
        name: "octo",
        email: null,
        passwordHash: null,
        operator: false,
        lockedAt: null,
        createdAt: NOW,
      };
      const { id } = await tx.insertAccount(made, "octo");
      const identity = { provider: "github", subject: "1", accountId: id, login: "Octo", groups: [] };
      await tx.putIdentity({ ...identity, groupsAt: NOW, grant: null, createdAt: NOW });
    });
    const refused = await admin("reset-password", "octo");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("it logs in as Octo at github");
    const password = passwordIn(await admin("reset-password", "octo", "--local"), "octo");
    expect((await logIn("octo", password)).status).toBe(201);
  });

  it("forgets groups: roles by them end at once", async () => {
    const { token } = await logIn("greta");
    await write(async (tx) => {
      const account = await tx.account("greta");
      const group = { id: "7", name: "legal" };
      await tx.insertNamespace(
        { name: "groupies", kind: "org", visibility: null, movedTo: null, createdAt: NOW },
        "groupies",
      );
      await tx.setGroupRole("groupies", { provider: "okta", group }, "owner");
      const identity = { provider: "okta", subject: "9", accountId: account?.id ?? 0, login: "greta" };
      const at = new Date().toISOString();
      await tx.putIdentity({
        ...identity,
        groups: [{ ...group, admin: false }],
        groupsAt: at,
        grant: null,
        createdAt: at,
      });
    });
    expect(await statusOf("/api/audit?namespace=groupies", token)).toBe(200);
    expect(await admin("forget-groups", "greta")).toMatchObject({ code: 0 });
    expect(await statusOf("/api/audit?namespace=groupies", token)).toBe(403);
  });

  it("sets roles where the owners have left, and keeps the last one", async () => {
    const { token } = await logIn("nora");
    await write(async (tx) =>
      tx.insertNamespace(
        { name: "orphans", kind: "org", visibility: null, movedTo: null, createdAt: NOW },
        "orphans",
      ),
    );
    expect(await admin("role", "@orphans", "nora", "owner")).toMatchObject({
      code: 0,
      stdout: "nora is owner of @orphans\n",
    });
    const { entries }: { entries: object[] } = await jsonOf(send("/api/audit?namespace=orphans", token));
    expect(entries).toMatchObject([
      { action: "admin.role", account: null, detail: { account: "nora", role: "owner" } },
    ]);
    const refused = await admin("role", "orphans", "nora", "none");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("the last owner");
    expect((await admin("role", "nora", "otto", "owner")).stderr).toContain("personal namespace");
    expect(await admin("role", "orphans", "nora", "king")).toMatchObject({ code: 2 });
  });

  it("reserves names, and makes accounts of them all the same", async () => {
    expect(await admin("reserve", "harbour")).toMatchObject({ code: 0 });
    // npm would send the request again after a 409.
    expect((await logIn("harbour")).status).toBe(403);
    const password = passwordIn(await admin("create-account", "harbour"), "harbour");
    expect((await logIn("harbour", password)).status).toBe(201);
    expect((await admin("create-account", "harbour")).stderr).toContain("is taken");
    expect(await admin("unreserve", "harbour")).toMatchObject({ code: 0 });
    expect(await admin("unreserve", "harbour")).toMatchObject({ code: 1 });
    expect((await admin("create-account", "Har_bour")).code).toBe(1);
  });

  it("withdraws a version, and gives it back", async () => {
    const { token } = await logIn("acme");
    const body = JSON.stringify(publishBody());
    expect((await send("/@acme%2fsample", token, { method: "PUT", body })).status).toBe(201);
    const done = await admin("quarantine", "@acme/sample@1.0.0", "--reason", "it lied");
    expect(done).toMatchObject({ code: 0, stdout: "@acme/sample@1.0.0 is in quarantine\n" });
    const refused = await send("/@acme%2fsample", token);
    expect(refused.status).toBe(451);
    expect(await refused.text()).toContain("it lied");
    expect(await admin("release", "@acme/sample@1.0.0")).toMatchObject({ code: 0 });
    expect(await statusOf("/@acme%2fsample", token)).toBe(200);
  });

  it.each([
    [["lok", "a"], 2, "unknown command: admin lok a"],
    [["quarantine", "@acme/sample", "--reason", "x"], 2, '"@acme/sample" is not a version of a skill'],
    [["lock", "nobody"], 1, 'there is no account "nobody"'],
  ])("refuses %j clearly", async (args, code, message) => {
    const refused = await admin(...args);
    expect(refused).toMatchObject({ code, stdout: "" });
    expect(refused.stderr).toContain(`skills-registry: ${message}`);
  });

  it("answers with one JSON document for --json, also when it refuses", async () => {
    const refused = await admin("lock", "nobody", "--json");
    expect(JSON.parse(refused.stdout)).toMatchObject({
      error: { code: "ENOTFOUND", message: 'there is no account "nobody"' },
    });
  });

  it("makes no registry where there is none", async () => {
    const empty = await mkdtemp(path.join(folder, "empty-"));
    const config = path.join(folder, "embedded.yaml");
    await writeFile(config, "");
    const refused = await registryCommand(empty, ["admin", "lock", "acme", "--config", config]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`there is no registry in ${empty}`);
    expect(await readdir(empty)).toEqual([]);
  });

  it("records every command and who gave it, and no secret at all", async () => {
    const exported = await registryCommand(folder, ["audit", "export"]);
    const entries = exported.stdout
      .trimEnd()
      .split("\n")
      .map((line): { action: string; account: string | null; detail: { by?: string } } => JSON.parse(line));
    const commands = entries.filter(({ action }) => action.startsWith("admin."));
    expect(new Set(commands.map(({ action }) => action.slice("admin.".length)))).toEqual(
      new Set([
        "operator.add",
        "operator.remove",
        "lock",
        "unlock",
        "reset-password",
        "revoke-tokens",
        "forget-groups",
        "role",
        "reserve",
        "unreserve",
        "create-account",
        "quarantine",
        "release",
      ]),
    );
    for (const { account, detail } of commands) {
      expect({ account, by: detail.by }).toEqual({ account: null, by: os.userInfo().username });
    }
    expect(secrets.size).toBeGreaterThan(10);
    for (const secret of secrets) expect(exported.stdout).not.toContain(secret);
    expect((await registryCommand(folder, ["audit", "verify"])).code).toBe(0);
  });
});
