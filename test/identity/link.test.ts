import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  gitHubUser,
  type LoginRegistry,
  type Page,
  type Person,
  startLoginRegistry,
} from "../support/login-registry.ts";
import { PASSWORD } from "../support/registry.ts";

describe("connecting a login with an account", () => {
  let at: LoginRegistry;

  beforeAll(async () => {
    at = await startLoginRegistry({
      users: [1, 2, 3, 4, 5].map((id) => gitHubUser(id, `person-${id}`)),
    });
    for (const name of ["ada", "bob"]) await at.registry.account(name);
  });
  afterAll(async () => await at[Symbol.asyncDispose]());

  async function logIn(name: string): Promise<Person> {
    const person = at.person();
    expect((await person.post("/login", { name, password: PASSWORD })).status).toBe(303);
    return person;
  }

  /** A person who came in by GitHub, and has no password. */
  async function comeIn(login: string): Promise<Person> {
    const person = at.person();
    const { location } = await person.get("/login/github");
    if (location === undefined) throw new Error("the login leads nowhere");
    await person.get(await at.github.logIn(location, login));
    return person;
  }

  async function connect(
    person: Person,
    password = PASSWORD,
  ): Promise<{ page: Page; leadsTo: URL | undefined }> {
    const page = await person.post("/account/identities/connect", { provider: "github", password });
    const address = /^0; url=(.+)$/.exec(page.headers.get("refresh") ?? "")?.[1];
    return { page, leadsTo: address === undefined ? undefined : new URL(address) };
  }

  async function connectAs(person: Person, login: string): Promise<Page> {
    const { leadsTo } = await connect(person);
    if (leadsTo === undefined) throw new Error("it leads nowhere");
    return await person.get(await at.github.logIn(leadsTo, login));
  }

  const disconnect = async (person: Person, subject: string): Promise<Page> =>
    await person.post("/account/identities/disconnect", { provider: "github", subject });

  it("lets both ways lead to the same account, until it is disconnected", async () => {
    const person = await logIn("ada");
    expect((await connectAs(person, "person-1")).location?.pathname).toBe("/account");
    const account = await person.get("/account");
    expect(account.text).toContain("person-1");
    const other = await comeIn("person-1");
    expect((await other.get("/account")).text).toContain("<h1>ada</h1>");
    expect((await disconnect(person, "1")).status).toBe(303);
    expect((await (await comeIn("person-1")).get("/account")).text).toContain("<h1>person-1</h1>");
    const actions = (await at.audit()).map(({ action }) => action);
    expect(actions).toContain("link");
    expect(actions).toContain("unlink");
  });

  it("is refused for a login that belongs to another account", async () => {
    await comeIn("person-2");
    const person = await logIn("bob");
    const page = await connectAs(person, "person-2");
    expect(page.status).toBe(403);
    expect(page.text).toContain("belongs to another account");
    expect((await at.metadata.identity("github", "2"))?.accountId).not.toBe(
      (await at.metadata.account("bob"))?.id,
    );
    expect((await at.audit())[0]).toMatchObject({ action: "login.refused", account: "bob" });
  });

  it("is refused when somebody else has logged in meanwhile", async () => {
    const person = await logIn("ada");
    const { leadsTo } = await connect(person);
    if (leadsTo === undefined) throw new Error("it leads nowhere");
    const back = await at.github.logIn(leadsTo, "person-3");
    await person.post("/login", { name: "bob", password: PASSWORD });
    expect((await person.get(back)).status).toBe(403);
    expect(await at.metadata.identity("github", "3")).toBeUndefined();
  });

  it("is refused with a wrong password, and from a form of another site", async () => {
    const person = await logIn("ada");
    const { page, leadsTo } = await connect(person, "wrong password");
    expect([page.status, leadsTo]).toEqual([403, undefined]);
    const forged = await at.registry.fetch("/account/identities/connect", {
      method: "POST",
      body: `provider=github&password=${encodeURIComponent(PASSWORD)}`,
      headers: {
        cookie: `skills-session=${person.cookies.get("skills-session")}`,
        origin: "https://evil.example",
        "content-type": "application/x-www-form-urlencoded",
      },
    });
    expect(forged.status).toBe(403);
  });

  it("takes the session of a browser: a found token makes no way in that stays", async () => {
    const token = await at.registry.account("carol");
    const refused = await at.registry.fetch("/account/identities/connect", {
      method: "POST",
      token,
      body: `provider=github&password=${encodeURIComponent(PASSWORD)}`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect([refused.status, refused.headers.get("refresh")]).toEqual([403, null]);
  });

  it("leaves an account at least one way to log in", async () => {
    const person = await comeIn("person-4");
    const page = await disconnect(person, "4");
    expect(page.status).toBe(403);
    expect(page.text).toContain("only way to log in");
    expect(await at.metadata.identity("github", "4")).toBeDefined();
    expect((await connectAs(person, "person-5")).status).toBe(303);
    expect((await disconnect(person, "4")).status).toBe(303);
    expect((await disconnect(person, "5")).status).toBe(403);
  });

  it("is nothing that somebody can do to the account of another", async () => {
    await comeIn("person-2");
    expect((await disconnect(await logIn("bob"), "2")).status).toBe(404);
    expect(await at.metadata.identity("github", "2")).toBeDefined();
    expect((await disconnect(at.person(), "2")).location?.pathname).toBe("/login");
  });
});
