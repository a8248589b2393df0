import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startIdentityProvider, type TestIdentityProvider } from "../support/identity-provider.ts";
import {
  type LoginRegistry,
  oidcSettings,
  type Person,
  startLoginRegistry,
} from "../support/login-registry.ts";

const PEOPLE = [
  { subject: "1-ada", login: "ada", email: "ada@example.com", groups: ["legal", "everybody"] },
  { subject: "2-grace", login: "Grace.Hopper@example.com", email: "grace@example.com", groups: [] },
];

describe("a login with a provider of a company", () => {
  let company: TestIdentityProvider;
  let at: LoginRegistry;

  beforeAll(async () => {
    company = await startIdentityProvider({ redirectUris: ["http://127.0.0.1/none-yet"], people: PEOPLE });
    at = await startLoginRegistry({ providers: [oidcSettings(company)] });
    await company.direct({ redirectUris: [`${at.registry.url}/login/company/callback`] });
  });
  afterAll(async () => {
    await at[Symbol.asyncDispose]();
    await company[Symbol.asyncDispose]();
  });

  async function comeBack(person: Person, login: string): Promise<URL> {
    const { location } = await person.get("/login/company");
    if (location === undefined) throw new Error("the login leads nowhere");
    return await company.logIn(location, login);
  }

  it("makes an account with its address and groups", async () => {
    const person = at.person();
    await person.get(await comeBack(person, "ada"));
    expect((await person.get("/account")).text).toContain("<h1>ada</h1>");
    expect(await at.metadata.account("ada")).toMatchObject({ email: "ada@example.com", passwordHash: null });
    const identity = await at.metadata.identity("company", "1-ada");
    expect(identity?.groups.map(({ name }) => name).toSorted()).toEqual(["everybody", "legal"]);
  });

  it("offers a name made of a login that is none, and takes any that is free", async () => {
    const person = at.person();
    const arrived = await person.get(await comeBack(person, "Grace.Hopper@example.com"));
    expect(arrived.location?.pathname).toBe("/choose-name");
    expect((await person.get("/choose-name")).text).toContain('value="grace-hopper"');
    expect((await person.post("/choose-name", { name: "ada" })).status).toBe(409);
    expect((await person.post("/choose-name", { name: "boss" })).status).toBe(409);
    expect((await person.post("/choose-name", { name: "amazing-grace" })).status).toBe(303);
    expect(await at.metadata.identity("company", "2-grace")).toMatchObject({
      login: "Grace.Hopper@example.com",
    });
  });

  it("takes no way back that belongs to another provider", async () => {
    const person = at.person();
    const back = await comeBack(person, "ada");
    const other = new URL(`/login/github/callback${back.search}`, at.registry.url);
    const refused = await person.get(other);
    expect(refused.status).toBe(403);
    expect(person.cookies.has("skills-session")).toBe(false);
    expect((await person.get(back)).status).toBe(403);
  });

  it("says that the provider failed when it is down, and leads back to the login", async () => {
    const person = at.person();
    const back = await comeBack(person, "ada");
    await company.down();
    const page = await person.get(back);
    await company.up();
    expect(page.status).toBe(503);
    expect(page.text).toContain("The login did not work");
    expect(person.cookies.has("skills-session")).toBe(false);
    expect((await at.audit())[0]).toMatchObject({ action: "login.refused", detail: { code: "EPROVIDER" } });
  });
});
