import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../../plugin/src/config.ts";
import { fetchPage, logIn, sendForm } from "../support/fetch-page.ts";
import { GITHUB, type NamespaceRegistry, startNamespaces } from "../support/namespaces.ts";
import { addLoginElsewhere } from "../support/opened-registry.ts";

const FORM = "/namespaces/new";

describe("the form for a new org", () => {
  let registry: NamespaceRegistry;
  let mia: string;
  let olga: string;

  beforeAll(async () => {
    registry = await startNamespaces();
    for (const name of ["mia", "olga"]) await registry.account(name);
    mia = await logIn(registry, "mia");
    olga = await logIn(registry, "olga");
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  it("makes an org, and leads to its settings", async () => {
    expect((await fetchPage(registry, "/account", mia)).html).toContain(`href="${FORM}"`);
    expect((await fetchPage(registry, FORM, mia)).status).toBe(200);
    const made = await sendForm(registry, FORM, { fields: { name: " @new " }, cookie: mia });
    expect([made.status, made.headers.get("location")]).toEqual([303, "/namespaces/new/settings"]);
    expect((await fetchPage(registry, "/namespaces/new/settings", mia)).status).toBe(200);
    expect((await fetchPage(registry, "/namespaces/new/settings", olga)).status).toBe(403);
    const [entry] = await registry.lastEntries(1);
    expect(entry).toMatchObject({ account: "mia", action: "namespace.create", namespace: "new" });
  });

  it.each([
    ["olga", 409],
    ["Not A Name", 400],
    ["x".repeat(65), 400],
    ["", 400],
  ])("says why %j cannot be had, and keeps it", async (name, status) => {
    const answer = await sendForm(registry, FORM, { fields: { name }, cookie: mia });
    expect(answer.status).toBe(status);
    const text = await answer.text();
    expect(text).toContain("Nothing was changed.");
    expect(text).toContain(`value="${name}"`);
  });

  it("takes nothing from another site, from nobody, or without a name", async () => {
    const fields = { name: "uninvited" };
    const nobody = await sendForm(registry, FORM, { fields });
    expect([nobody.status, nobody.headers.get("location")]).toEqual([303, "/login?next=%2Fnamespaces%2Fnew"]);
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect((await sendForm(registry, FORM, { fields, cookie: mia, headers })).status).toBe(403);
    expect((await sendForm(registry, FORM, { fields: {}, cookie: mia })).status).toBe(400);
    expect((await fetchPage(registry, "/skills/uninvited")).status).toBe(404);
  });
});

describe("where not everybody makes orgs", () => {
  const limited = (create: "operators" | "github"): Partial<Config> => ({
    providers: [{ type: "local" }, GITHUB],
    namespaces: { create, creators: ["olga"], reserved: [], visibility: "public" },
  });

  /** Whether the account links to the form, and the form is there. */
  async function offered(registry: NamespaceRegistry, cookie: string): Promise<[boolean, boolean]> {
    const account = await fetchPage(registry, "/account", cookie);
    const form = await fetchPage(registry, FORM, cookie);
    return [account.html.includes(`href="${FORM}"`), form.html.includes('name="name"')];
  }

  it.each(["operators", "github"] as const)("others have no form, and get none made: %s", async (create) => {
    await using registry = await startNamespaces(limited(create));
    for (const name of ["mia", "olga"]) await registry.account(name);
    const mia = await logIn(registry, "mia");
    expect(await offered(registry, await logIn(registry, "olga"))).toEqual([true, true]);
    expect(await offered(registry, mia)).toEqual([false, false]);
    const refused = await sendForm(registry, FORM, { fields: { name: "mine" }, cookie: mia });
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("Nothing was changed.");
    expect((await fetchPage(registry, "/skills/mine")).status).toBe(404);
  });

  it("who has a login at GitHub has the form, and has to run the organization there", async () => {
    await using registry = await startNamespaces(limited("github"));
    const secret = await addLoginElsewhere(registry, "octo", { kind: "session", at: new Date() });
    const cookie = `skills-session=${secret}`;
    expect(await offered(registry, cookie)).toEqual([true, true]);
    const refused = await sendForm(registry, FORM, { fields: { name: "mine" }, cookie });
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("You have not proved that you run");
  });
});
