import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hashSecret } from "../../plugin/src/registry/token-secret.ts";
import type { FakeGitHub } from "../support/fake-github.ts";
import {
  gitHubUser,
  type LoginRegistry,
  type Page,
  type Person,
  startLoginRegistry,
} from "../support/login-registry.ts";

/** The address at GitHub that a login begins with. */
async function begin(person: Person, next = "/account"): Promise<URL> {
  const { status, location } = await person.get(`/login/github?next=${encodeURIComponent(next)}`);
  expect(status).toBe(303);
  if (location === undefined) throw new Error("the login leads nowhere");
  return location;
}

async function logIn(person: Person, github: FakeGitHub, login: string): Promise<Page> {
  return await person.get(await github.logIn(await begin(person), login));
}

/** Name of the account that a browser is logged in to; undefined for nobody. */
async function nameOf(person: Person): Promise<string | undefined> {
  const { status, text } = await person.get("/account");
  return status === 200 ? /<h1>([^<]*)<\/h1>/.exec(text)?.[1] : undefined;
}

describe("a login with a provider", () => {
  let at: LoginRegistry;
  let github: FakeGitHub;

  beforeAll(async () => {
    at = await startLoginRegistry();
    ({ github } = at);
  });
  afterAll(async () => await at[Symbol.asyncDispose]());
  beforeEach(() => {
    github.state.faults = {};
  });

  const refusals = async (): Promise<unknown[]> =>
    (await at.audit())
      .filter(({ action }) => action === "login.refused")
      .map(({ detail }) => detail["reason"]);

  it("makes an account named like the login, in small letters, and finds it again", async () => {
    github.state.users.push(gitHubUser(100, "Octo-Cat"));
    const person = at.person();
    const arrived = await person.get(await github.logIn(await begin(person, "/search?q=a"), "Octo-Cat"));
    expect([arrived.status, arrived.location?.href]).toEqual([303, `${at.registry.url}/search?q=a`]);
    expect(arrived.headers.get("set-cookie")).toMatch(
      /^skills-session=skl_[^;]+; Path=\/; .*HttpOnly; SameSite=Lax$/,
    );
    expect(await nameOf(person)).toBe("octo-cat");
    expect(await at.metadata.namespace("octo-cat")).toMatchObject({ kind: "personal" });

    const again = at.person();
    await logIn(again, github, "Octo-Cat");
    expect(await nameOf(again)).toBe("octo-cat");
    const actions = (await at.audit())
      .filter(({ subject }) => subject === "octo-cat")
      .map(({ action }) => action);
    expect(actions).toEqual(["login", "login", "account.create"]);
  });

  it("keeps the account of a login that was renamed", async () => {
    const user = gitHubUser(110, "before");
    github.state.users.push(user);
    await logIn(at.person(), github, "before");
    user.login = "after";
    const person = at.person();
    await logIn(person, github, "after");
    expect(await nameOf(person)).toBe("before");
    expect(await at.metadata.account("after")).toBeUndefined();
    expect((await at.metadata.identity("github", "110"))?.login).toBe("after");
    const renames = (await at.audit()).filter(({ action }) => action === "login.rename");
    expect(renames).toMatchObject([{ account: "before", detail: { from: "before", to: "after" } }]);
  });

  it("gives a login that somebody else has registered again neither the account nor its name", async () => {
    github.state.users.push(gitHubUser(120, "reborn"));
    await logIn(at.person(), github, "reborn");
    github.state.users = [...github.state.users.filter(({ id }) => id !== 120), gitHubUser(121, "reborn")];
    const other = at.person();
    const arrived = await logIn(other, github, "reborn");
    expect(arrived.location?.pathname).toBe("/choose-name");
    expect(await nameOf(other)).toBeUndefined();
    expect(await at.metadata.identity("github", "121")).toBeUndefined();
  });

  describe("whose name cannot be taken over", () => {
    const NAMES = [
      ["octo_acme", 200],
      ["ünïcode", 201],
      ["dots.are.no-names", 202],
      ["admin", 203],
      ["\u212Aelvin", 204],
    ] as const;

    it.each(NAMES)("lets the person choose another: %s", async (login, id) => {
      github.state.users.push(gitHubUser(id, login));
      const person = at.person();
      const arrived = await logIn(person, github, login);
      expect([arrived.status, arrived.location?.pathname]).toEqual([303, "/choose-name"]);
      expect((await person.get("/choose-name")).text).toContain("Choose a name");
      expect(await nameOf(person)).toBeUndefined();
    });

    it("keeps the logins of others free: the name begins with one's own", async () => {
      github.state.users.push(gitHubUser(210, "taken-already"));
      await at.registry.account("taken-already");
      const person = at.person();
      await logIn(person, github, "taken-already");
      for (const [name, status] of [
        ["torvalds", 409],
        ["taken-already", 409],
        ["taken-already--", 409],
        ["taken-already-2", 409],
        ["taken-already--Work", 400],
      ] as const) {
        expect([name, (await person.post("/choose-name", { name })).status]).toEqual([name, status]);
      }
      expect(await at.metadata.identity("github", "210")).toBeUndefined();
      const made = await person.post("/choose-name", { name: "taken-already--work" });
      expect([made.status, made.location?.pathname]).toEqual([303, "/account"]);
      expect(await nameOf(person)).toBe("taken-already--work");
      expect(await at.metadata.identity("github", "210")).toMatchObject({ login: "taken-already" });
    });

    it("is chosen once, and by that browser alone", async () => {
      github.state.users.push(gitHubUser(220, "once_only"));
      const person = at.person();
      await logIn(person, github, "once_only");
      const stranger = await at.person().post("/choose-name", { name: "once-only--a" });
      expect(stranger.status).toBe(403);
      expect((await person.post("/choose-name", { name: "once-only--a" })).status).toBe(303);
      expect((await person.post("/choose-name", { name: "once-only--b" })).status).toBe(403);
      expect(await at.metadata.account("once-only--b")).toBeUndefined();
    });
  });

  it("gives a name to one of two who want it at once, and the other chooses again", async () => {
    github.state.users.push(gitHubUser(300, "race_r"), gitHubUser(301, "race_r"));
    const [one, other] = [at.person(), at.person()];
    await logIn(one, github, "race_r");
    github.state.users = github.state.users.filter(({ id }) => id !== 300);
    await logIn(other, github, "race_r");
    const answers = await Promise.all(
      [one, other].map(async (person) => await person.post("/choose-name", { name: "race-r--x" })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 409]);
    const loser = answers[0]?.status === 409 ? one : other;
    expect((await loser.post("/choose-name", { name: "race-r--yz" })).status).toBe(303);
    expect(await nameOf(loser)).toBe("race-r--yz");
  });

  describe("refuses", () => {
    /** What came of it. */
    const outcomeOf = async (person: Person, page: Page): Promise<object> => ({
      status: page.status,
      saysSo: page.text.includes("The login did not work"),
      leadsOn: page.text.includes('href="/login"'),
      hasCookie: person.cookies.has("skills-session"),
      name: await nameOf(person),
    });
    const REFUSED = { status: 403, saysSo: true, leadsOn: true, hasCookie: false, name: undefined };
    const ENDED = "this login has ended, or was used already";

    beforeAll(() => {
      github.state.users.push(gitHubUser(400, "mallory"), gitHubUser(401, "victim"));
    });

    it("a state that was made up", async () => {
      const person = at.person();
      const back = await github.logIn(await begin(person), "victim");
      back.searchParams.set("state", "A".repeat(43));
      expect(await outcomeOf(person, await person.get(back))).toEqual(REFUSED);
      expect(await refusals()).toContain(ENDED);
      expect(await at.metadata.account("victim")).toBeUndefined();
    });

    it("to begin for a page of another site, which would log people in without asking", async () => {
      const sent = await at.person().get("/login/github?next=/search", { "sec-fetch-site": "cross-site" });
      expect([sent.status, sent.location?.href]).toEqual([303, `${at.registry.url}/login?next=%2Fsearch`]);
      expect(sent.headers.get("set-cookie")).toBeNull();
    });

    it("a way back that was used already", async () => {
      const person = at.person();
      const back = await github.logIn(await begin(person), "mallory");
      expect((await person.get(back)).status).toBe(303);
      const cookie = person.cookies.get("skills-session");
      const replayed = await person.get(back);
      expect(replayed.status).toBe(403);
      expect(person.cookies.get("skills-session")).toBe(cookie);
    });

    it("a way back in another browser, and then also in the first", async () => {
      const [mallory, victim] = [at.person(), at.person()];
      await begin(victim);
      const back = await github.logIn(await begin(mallory), "mallory");
      expect(await outcomeOf(victim, await victim.get(back))).toEqual(REFUSED);
      expect(await outcomeOf(mallory, await mallory.get(back))).toEqual(REFUSED);
    });

    it("a browser that brings no cookie", async () => {
      const person = at.person();
      const back = await github.logIn(await begin(person), "mallory");
      person.cookies.clear();
      expect(await outcomeOf(person, await person.get(back))).toEqual(REFUSED);
    });

    it("a code that belongs to another login", async () => {
      const person = at.person();
      const [first, second] = [await begin(person), await begin(person)];
      const code = (await github.logIn(first, "victim")).searchParams.get("code") ?? "";
      const back = await github.logIn(second, "victim");
      back.searchParams.set("code", code);
      const page = await person.get(back);
      expect(await outcomeOf(person, page)).toEqual({ ...REFUSED, status: page.status });
      expect([403, 503]).toContain(page.status);
      expect(await at.metadata.account("victim")).toBeUndefined();
    });

    it("a login that took too long", async () => {
      const person = at.person();
      const back = await github.logIn(await begin(person), "victim");
      const hash = hashSecret(back.searchParams.get("state") ?? "");
      const flow = await at.metadata.loginFlow(hash);
      if (flow === undefined) throw new Error("there is no flow");
      const expiresAt = new Date(Date.now() - 1).toISOString();
      await at.metadata.transaction(async (tx) => await tx.putLoginFlow({ ...flow, expiresAt }));
      expect(await outcomeOf(person, await person.get(back))).toEqual(REFUSED);
    });

    it("a person who declines", async () => {
      const person = at.person();
      const page = await person.get(await github.decline(await begin(person)));
      expect(await outcomeOf(person, page)).toEqual(REFUSED);
      expect((await at.audit())[0]).toMatchObject({
        action: "login.refused",
        subject: "github",
        account: null,
      });
    });

    it("a locked account, and says so", async () => {
      github.state.users.push(gitHubUser(410, "locked-out"));
      await logIn(at.person(), github, "locked-out");
      const account = await at.metadata.account("locked-out");
      await at.metadata.transaction(
        async (tx) => await tx.setLocked(account?.id ?? 0, new Date().toISOString()),
      );
      const person = at.person();
      const page = await logIn(person, github, "locked-out");
      expect(await outcomeOf(person, page)).toEqual(REFUSED);
      expect(page.text).toContain("locked");
      expect((await at.audit())[0]).toMatchObject({
        action: "login.refused",
        detail: { code: "EFORBIDDEN" },
      });
    });

    it.each(["garbage", "error", "html", "cut", "redirect"] as const)(
      "what a provider answers that fails: %s",
      async (fault) => {
        github.state.users.push(gitHubUser(420, "unlucky"));
        const person = at.person();
        const back = await github.logIn(await begin(person), "unlucky");
        github.state.faults = { "/login/oauth/access_token": fault };
        const page = await person.get(back);
        expect(await outcomeOf(person, page)).toEqual({ ...REFUSED, status: 503 });
        expect(page.text).not.toContain("secret details");
        expect((await at.audit())[0]).toMatchObject({
          action: "login.refused",
          detail: { code: "EPROVIDER" },
        });
        expect(await at.metadata.account("unlucky")).toBeUndefined();
      },
    );

    it("a provider that is not configured", async () => {
      expect((await at.person().get("/login/nowhere")).status).toBe(404);
      expect((await at.person().get("/login/nowhere/callback?state=x&code=y")).status).toBe(404);
    });
  });

  it.each(["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])(
    "never leads on to another site: %s",
    async (next) => {
      const person = at.person();
      const arrived = await person.get(await github.logIn(await begin(person, next), "mallory"));
      expect(arrived.location?.href).toBe(`${at.registry.url}/account`);
    },
  );

  it("forgets flows that ended long ago when another begins", async () => {
    const expiresAt = new Date(Date.now() - 2 * 60 * 60_000).toISOString();
    const old = { hash: "0".repeat(64), kind: "provider", data: {}, expiresAt };
    await at.metadata.transaction(async (tx) => await tx.putLoginFlow(old));
    await begin(at.person());
    expect(await at.metadata.loginFlow(old.hash)).toBeUndefined();
  });

  it("leaves no secret of the provider in the database, as it came", async () => {
    github.state.users.push(gitHubUser(500, "sealed"));
    await logIn(at.person(), github, "sealed");
    const identity = await at.metadata.identity("github", "500");
    const tokens = [...github.state.tokens]
      .filter(([, { userId }]) => userId === 500)
      .map(([token]) => token);
    expect(tokens.length).toBeGreaterThan(0);
    expect(tokens.some((token) => JSON.stringify(identity).includes(token))).toBe(false);
    expect(JSON.stringify(await at.audit())).not.toContain(tokens[0]);
  });
});

it("a login begins at the public address only", async () => {
  await using at = await startLoginRegistry({ publicHost: "localhost" });
  const other = at.registry.url.replace("localhost", "127.0.0.1");
  const page = await at.person().get(`${other}/login/github`);
  expect(page.status).toBe(400);
  expect(page.text).toContain(`${at.registry.url}/login`);
  expect((await at.person().get("/login/github")).status).toBe(303);
});
