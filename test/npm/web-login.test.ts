import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashSecret } from "../../plugin/src/registry/token-secret.ts";
import { jsonOf } from "../support/json.ts";
import {
  gitHubUser,
  type LoginRegistry,
  type Person,
  startLoginRegistry,
} from "../support/login-registry.ts";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { startNpmLogin } from "../support/npm-login.ts";
import { PASSWORD } from "../support/registry.ts";

async function savedToken(user: NpmUser): Promise<string | undefined> {
  return /_authToken=(skl_\S+)/.exec(await readFile(path.join(user.home, ".npmrc"), "utf8"))?.[1];
}

describe("npm login by browser", () => {
  let at: LoginRegistry;

  beforeAll(async () => {
    at = await startLoginRegistry({ users: [gitHubUser(1, "Octo-Cat")] });
    await at.registry.account("acme");
  });
  afterAll(async () => await at[Symbol.asyncDispose]());

  async function logIn(person: Person, name = "acme"): Promise<void> {
    expect((await person.post("/login", { name, password: PASSWORD })).status).toBe(303);
  }

  /** As npm begins. */
  async function begin(body: object = {}): Promise<{ page: string; done: string }> {
    const answer = await at.registry.fetch("/-/v1/login", { method: "POST", body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
    const { loginUrl, doneUrl }: { loginUrl: string; doneUrl: string } = await jsonOf(answer);
    return { page: new URL(loginUrl).pathname, done: new URL(doneUrl).pathname };
  }

  const count = async (action: string): Promise<number> =>
    (await at.audit()).filter((entry) => entry.action === action).length;

  it("gives npm a token when somebody who came in by GitHub allows it; whoami, profile, token and logout work with it", async () => {
    await using user = await npmUser(at.registry);
    const npm = await startNpmLogin(user, ["login"]);
    const person = at.person();
    const sent = await person.get(npm.address);
    expect(sent.location?.pathname).toBe("/login");
    const next = sent.location?.searchParams.get("next") ?? "";
    const begun = await person.get(`/login/github?next=${encodeURIComponent(next)}`);
    if (begun.location === undefined) throw new Error("the login leads nowhere");
    const back = await person.get(await at.github.logIn(begun.location, "Octo-Cat"));
    expect(back.location?.href).toBe(npm.address.href);
    const asked = await person.get(npm.address);
    expect(asked.text).toContain("octo-cat");
    expect(asked.text).toMatch(/npm\/11/);
    const allowed = await person.post(npm.address.pathname, { decision: "allow" });
    expect(allowed.text).toContain("You may close this window");
    expect(await npm.ended).toBe(0);

    const token = await savedToken(user);
    expect(token).toMatch(/^skl_/);
    expect(npm.shown() + asked.text + allowed.text).not.toContain(token);
    expect((await user.npm(["whoami"])).stdout.trim()).toBe("octo-cat");
    expect((await user.npm(["profile", "get", "--json"])).stdout).toContain('"name": "octo-cat"');
    expect((await user.npm(["token", "list"])).code).toBe(0);
    expect((await user.npm(["logout"])).code).toBe(0);
    expect((await at.registry.fetch("/-/whoami", { token: token ?? "" })).status).toBe(401);
  });

  it("works for npm adduser, and over a token that has died", async () => {
    await using user = await npmUser(at.registry, "revoked");
    const dead = await savedToken(user);
    await at.registry.fetch(`/-/user/token/${dead}`, { method: "DELETE", token: dead ?? "" });
    const npm = await startNpmLogin(user, ["adduser"]);
    const person = at.person();
    await logIn(person);
    await person.post(npm.address.pathname, { decision: "allow" });
    expect(await npm.ended).toBe(0);
    expect((await user.npm(["whoami"])).stdout.trim()).toBe("acme");
  });

  it("ends without a token when it is denied", async () => {
    await using user = await npmUser(at.registry);
    const npm = await startNpmLogin(user, ["login"]);
    const person = at.person();
    await logIn(person);
    expect((await person.post(npm.address.pathname, { decision: "deny" })).text).toContain("Denied");
    expect(await npm.ended).not.toBe(0);
    expect(await savedToken(user)).toBeUndefined();
    expect((await at.audit())[0]).toMatchObject({ action: "cli.deny", account: "acme" });
  });

  it("waits until somebody decides, and hands the token out once", async () => {
    const { page, done } = await begin({ hostname: "ada-laptop" });
    const waiting = await at.registry.fetch(done);
    expect([waiting.status, waiting.headers.get("retry-after")]).toEqual([202, "1"]);
    const person = at.person();
    await logIn(person);
    expect((await person.get(page)).text).toContain("ada-laptop");
    await person.post(page, { decision: "allow" });
    const answers = await Promise.all([at.registry.fetch(done), at.registry.fetch(done)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404]);
    expect((await at.registry.fetch(done)).status).toBe(404);
    expect(answers[0]?.headers.get("cache-control")).toBe("no-store");
  });

  it("keeps page and program apart: neither address does what the other is for", async () => {
    const { page, done } = await begin();
    const [pageSecret, doneSecret] = [page, done].map((address) => address.split("/").at(-1));
    expect((await at.registry.fetch(`/-/v1/done/${pageSecret}`)).status).toBe(404);
    const person = at.person();
    await logIn(person);
    expect((await person.get(`/approve/${doneSecret}`)).status).toBe(403);
    expect((await person.post(`/approve/${doneSecret}`, { decision: "allow" })).status).toBe(403);
    expect((await at.registry.fetch(done)).status).toBe(202);
  });

  it("is decided once", async () => {
    const { page, done } = await begin();
    const person = at.person();
    await logIn(person);
    const approved = await count("cli.approve");
    await person.post(page, { decision: "deny" });
    const again = await person.post(page, { decision: "allow" });
    expect(again.status).toBe(403);
    expect(again.text).toContain("ended, or was used already");
    expect((await at.registry.fetch(done)).status).toBe(403);
    expect(await count("cli.approve")).toBe(approved);
  });

  it("is nothing that an anonymous visitor, another site or a guesser can decide", async () => {
    const { page, done } = await begin();
    expect((await at.person().post(page, { decision: "allow" })).location?.pathname).toBe("/login");
    const person = at.person();
    await logIn(person);
    const forged = await at.registry.fetch(page, {
      method: "POST",
      body: "decision=allow",
      headers: {
        cookie: `skills-session=${person.cookies.get("skills-session")}`,
        origin: "https://evil.example",
        "content-type": "application/x-www-form-urlencoded",
      },
    });
    expect(forged.status).toBe(403);
    expect((await at.registry.fetch(`/-/v1/done/${"A".repeat(43)}`)).status).toBe(404);
    expect((await at.registry.fetch(done)).status).toBe(202);
  });

  it("ends after ten minutes, for the page and for the program", async () => {
    const { page, done } = await begin();
    const person = at.person();
    await logIn(person);
    for (const address of [page, done]) {
      const flow = await at.metadata.loginFlow(hashSecret(address.split("/").at(-1) ?? ""));
      if (flow === undefined) throw new Error("there is no flow");
      const expiresAt = new Date(Date.now() - 1).toISOString();
      await at.metadata.transaction(async (tx) => await tx.putLoginFlow({ ...flow, expiresAt }));
    }
    expect((await person.get(page)).status).toBe(403);
    expect((await person.post(page, { decision: "allow" })).status).toBe(403);
    expect((await at.registry.fetch(done)).status).toBe(404);
  });

  it("gives no token to an account that was locked after it allowed", async () => {
    await at.registry.account("locked-later");
    const { page, done } = await begin();
    const person = at.person();
    await logIn(person, "locked-later");
    await person.post(page, { decision: "allow" });
    const account = await at.metadata.account("locked-later");
    await at.metadata.transaction(
      async (tx) => await tx.setLocked(account?.id ?? 0, new Date().toISOString()),
    );
    expect((await at.registry.fetch(done)).status).toBe(403);
    expect(await at.metadata.tokens(account?.id ?? 0)).toHaveLength(2);
  });

  it("is allowed by no token, not even by an account's own: one that ends tomorrow would make one that never ends", async () => {
    const token = await at.registry.account("found-token");
    const { page, done } = await begin();
    const answer = await at.registry.fetch(page, {
      method: "POST",
      token,
      body: "decision=allow",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(answer.status).toBe(403);
    expect((await at.registry.fetch(done)).status).toBe(202);
  });

  it("gives no token when all that its account was logged in with has been ended meanwhile", async () => {
    await at.registry.account("revoked-later");
    const { page, done } = await begin();
    const person = at.person();
    await logIn(person, "revoked-later");
    await person.post(page, { decision: "allow" });
    const { id } = (await at.metadata.account("revoked-later")) ?? { id: 0 };
    await at.metadata.transaction(async (tx) => await tx.deleteTokens(id));
    expect((await at.registry.fetch(done)).status).toBe(404);
    expect(await at.metadata.tokens(id)).toEqual([]);
  });

  it("shows what a program says of itself as text, cut", async () => {
    const { page } = await begin({ hostname: `<script>alert(1)</script>${"x".repeat(200)}` });
    const person = at.person();
    await logIn(person);
    const { text } = await person.get(page);
    expect(text).toContain("&lt;script&gt;alert(1)");
    expect(text).not.toContain("x".repeat(150));
    expect(text).not.toContain("<script>alert");
  });

  it.each([{ hostname: 5 }, { device: "yes" }, [], "text"])(
    "refuses a body that is none: %j",
    async (body) => {
      const answer = await at.registry.fetch("/-/v1/login", { method: "POST", body: JSON.stringify(body) });
      expect(answer.status).toBe(400);
    },
  );

  it("begins some times in a minute for one address and no more: each waits in the database", async () => {
    await using other = await startLoginRegistry();
    const statuses: number[] = [];
    for (let count = 0; count < 61; count += 1) {
      const init = count % 2 === 0 ? { method: "POST", body: "{}" } : { redirect: "manual" as const };
      statuses.push(
        (await other.registry.fetch(count % 2 === 0 ? "/-/v1/login" : "/login/github", init)).status,
      );
    }
    expect(new Set(statuses.slice(0, 60))).toEqual(new Set([200, 303]));
    expect(statuses[60]).toBe(429);
  });
});
