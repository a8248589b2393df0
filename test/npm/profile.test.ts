import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonOf } from "../support/json.ts";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { addLoginElsewhere, type OpenedRegistry, startOpenedRegistry } from "../support/opened-registry.ts";
import { PASSWORD } from "../support/registry.ts";
import { atTerminal } from "../support/terminal.ts";

const NEW_PASSWORD = "battery staple horse";

describe("npm profile", () => {
  let registry: OpenedRegistry;
  let acme: NpmUser;

  beforeAll(async () => {
    registry = await startOpenedRegistry();
    acme = await npmUser(registry, "acme");
  });
  afterAll(async () => {
    await acme[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  async function profile(): Promise<Record<string, unknown>> {
    const { stdout } = await acme.npm(["profile", "get", "--json"]);
    return JSON.parse(stdout);
  }

  async function send(token: string, body: unknown): Promise<Response> {
    return await registry.fetch("/-/npm/v1/user", { method: "POST", token, body: JSON.stringify(body) });
  }

  async function logIn(name: string, password: string): Promise<Response> {
    return await registry.fetch(`/-/user/org.couchdb.user:${name}`, {
      method: "PUT",
      body: JSON.stringify({ name, password }),
    });
  }

  it("shows the account, and sets its e-mail address", async () => {
    expect(await profile()).toMatchObject({ name: "acme", email: "", tfa: false });
    expect(await acme.npm(["profile", "set", "email", "acme@example.com"])).toMatchObject({ code: 0 });
    expect(await profile()).toMatchObject({ name: "acme", email: "acme@example.com" });
  });

  it("refuses what the registry does not keep, and what is no address, and changes nothing", async () => {
    const before = await profile();
    const refused = await acme.npm(["profile", "set", "fullname", "Acme Inc."]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('this registry keeps no "fullname" of accounts');
    const malformed = await acme.npm(["profile", "set", "email", "nobody"]);
    expect(malformed.code).toBe(1);
    expect(malformed.stderr).toContain('"email"');
    expect(await profile()).toEqual(before);
  });

  it("shows where an account logs in that has no password, and has none to change", async () => {
    const secret = await addLoginElsewhere(registry, "octocat", { kind: "login", at: new Date(0) });
    const shown = await registry.fetch("/-/npm/v1/user", { token: secret });
    expect(await jsonOf(shown)).toMatchObject({ name: "octocat", identities: ["github:octocat"] });
    const refused = await send(secret, { password: { old: "", new: NEW_PASSWORD } });
    expect(refused.status).toBe(403);
    expect(await jsonOf(refused)).toMatchObject({ detail: "your account has no password" });
    const stale = await registry.fetch("/-/npm/v1/tokens", { method: "POST", token: secret, body: "{}" });
    expect(await jsonOf(stale)).toMatchObject({ detail: "this needs a login of the last ten minutes" });
  });

  it.each([
    ["a wrong old password", { old: "wrong password", new: NEW_PASSWORD }, 403, "wrong password"],
    ["a short new password", { old: PASSWORD, new: "short" }, 400, "8 to 256 characters"],
    ["a common new password", { old: PASSWORD, new: "password123" }, 400, "guess first"],
    ["no old password", { new: NEW_PASSWORD }, 400, "old"],
  ])("changes no password for %s", async (_, password, status, message) => {
    const token = await registry.account("guarded");
    const refused = await send(token, { password });
    expect(refused.status).toBe(status);
    expect(await refused.text()).toContain(message);
    expect((await logIn("guarded", NEW_PASSWORD)).status).toBe(401);
    expect((await registry.fetch("/-/whoami", { token })).status).toBe(200);
  });

  it("changes the password at a terminal, and ends the other logins, but no token that somebody made", async () => {
    await using user = await npmUser(registry, "changer");
    const other = await registry.account("changer");
    const made = await user.npm(["token", "create", "--name=ci", `--password=${PASSWORD}`, "--json"]);
    const { token }: { token: string } = JSON.parse(made.stdout);
    const answers: [RegExp, string][] = [
      [/Current password:/, PASSWORD],
      [/New password:/, NEW_PASSWORD],
      [/Again:/, NEW_PASSWORD],
    ];
    expect(await atTerminal("npm profile set password", user.home, answers)).toBe(0);
    expect((await user.npm(["whoami"])).stdout.trim()).toBe("changer");
    expect((await registry.fetch("/-/whoami", { token })).status).toBe(200);
    expect((await registry.fetch("/-/whoami", { token: other })).status).toBe(401);
    expect((await logIn("changer", PASSWORD)).status).toBe(401);
    expect((await logIn("changer", NEW_PASSWORD)).status).toBe(201);
    const log = await registry.metadata.audit({ namespace: null, before: null, limit: 20 });
    const change = log.find(({ action }) => action === "password.change");
    expect(change).toMatchObject({ account: "changer", subject: "changer", detail: { endedLogins: 1 } });
    expect(JSON.stringify(log)).not.toMatch(new RegExp(`${PASSWORD}|${NEW_PASSWORD}`));
  });
});
