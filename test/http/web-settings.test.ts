import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendForm } from "../support/fetch-page.ts";
import {
  ORG_SETTINGS,
  type Sent,
  type SettingsRegistry,
  startSettings,
} from "../support/settings-registry.ts";
import { descendants, parseStrictHtml } from "../support/strict-html.ts";

/** Back to the section of the page after a form that was done. */
const done = (section: string, path = ORG_SETTINGS): unknown => [303, `${path}#${section}`];
const outcome = ({ status, location }: Sent): unknown => [status, location];

/** What the alert says, and what stands in the fields that have this name. */
function told(html: string, field: string): { alert: string; values: string[] } {
  const all = [...descendants(parseStrictHtml(html))];
  const alert = all.find(({ attributes }) => attributes["role"] === "alert")?.text ?? "";
  const fields = all.filter(
    ({ tag, attributes }) =>
      tag === "input" && attributes["name"] === field && attributes["id"] !== undefined,
  );
  return {
    alert: alert.replaceAll(/\s+/g, " ").trim(),
    values: fields.map(({ attributes }) => attributes["value"] ?? ""),
  };
}

describe("the settings of a namespace", () => {
  let registry: SettingsRegistry;
  const submit = async (fields: Record<string, string>): Promise<Sent> =>
    await registry.submit(ORG_SETTINGS, fields, "olga");
  const people = async (): Promise<unknown> => await registry.membersOf(registry.tokens.olga, "desk");

  beforeAll(async () => {
    registry = await startSettings();
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  it.each([
    ["olga", 200],
    ["max", 403],
    ["mia", 403],
    ["zoe", 403],
    [undefined, 303],
  ] as const)("are there for owners: %s", async (who, status) => {
    const before = await people();
    const page = await registry.see(ORG_SETTINGS, who);
    expect(page.status).toBe(status);
    if (who === undefined)
      expect(page.headers.get("location")).toBe(`/login?next=${encodeURIComponent(ORG_SETTINGS)}`);
    if (who === "olga") return;
    const fields = { act: "people-add", account: who ?? "zoe", role: "owner" };
    expect((await registry.submit(ORG_SETTINGS, fields, who)).status).toBe(status);
    expect(await people()).toEqual(before);
    expect((await registry.see("/skills/desk", who)).html).not.toContain("/namespaces/");
  });

  it("are linked from the page of the namespace and from the account, for owners", async () => {
    expect((await registry.see("/skills/desk", "olga")).html).toContain(`href="${ORG_SETTINGS}"`);
    expect((await registry.see("/account", "olga")).html).toContain(`href="${ORG_SETTINGS}"`);
    const { html, root } = await registry.see("/account", "mia");
    expect(html).not.toContain(ORG_SETTINGS);
    expect(root.text.replaceAll(/\s+/g, " ")).toContain("@desk member org");
  });

  it("add, change and remove people, with entries in the audit log", async () => {
    expect(outcome(await submit({ act: "people-add", account: " @zoe ", role: "member" }))).toEqual(
      done("people"),
    );
    expect(outcome(await submit({ act: "people-change", account: "zoe", role: "maintainer" }))).toEqual(
      done("people"),
    );
    expect(await people()).toMatchObject({ zoe: "maintainer" });
    expect((await registry.see(ORG_SETTINGS, "olga")).html).toContain("Remove zoe");
    expect(outcome(await submit({ act: "people-remove", account: "zoe" }))).toEqual(done("people"));
    expect(await people()).toEqual({ max: "maintainer", mia: "member", olga: "owner" });
    expect((await registry.lastEntries(3)).map(shortened)).toEqual([
      "role.remove olga @desk",
      "role.set olga @desk",
      "role.set olga @desk",
    ]);
  });

  it.each([
    [
      { act: "people-add", account: "nobody-here", role: "owner" },
      404,
      /no account "nobody-here"/,
      "account",
    ],
    [{ act: "people-add", account: "", role: "owner" }, 404, /no account ""/, "account"],
    [{ act: "people-add", account: '"><script>', role: "owner" }, 404, /no account/, "account"],
    [{ act: "people-remove", account: "zoe" }, 404, /no role of its own.*Roles by groups/, undefined],
    [{ act: "people-change", account: "olga", role: "member" }, 409, /last owner of @desk/, undefined],
    [{ act: "people-remove", account: "olga" }, 409, /last owner of @desk/, undefined],
    [{ act: "groups-add", provider: "github", group: "acme/x", role: "member" }, 400, /no provider/, "group"],
    [{ act: "groups-remove", provider: "okta", group: "none" }, 404, /has no role/, undefined],
    [{ act: "teams-create", team: "No Team" }, 400, /cannot be the name of a team/, "team"],
    [{ act: "teams-destroy", team: "none" }, 404, /no team @desk:none/, undefined],
    [{ act: "teams-add", team: "none", account: "zoe" }, 404, /no team @desk:none/, undefined],
    [{ act: "trust-remove", id: "none" }, 404, /no such trust/, undefined],
  ])("say in the page why %j was refused, and keep what was typed", async (fields, status, why, kept) => {
    const before = await people();
    const answer = await submit(fields);
    expect(answer.status).toBe(status);
    const { alert, values } = told(answer.html, kept ?? "account");
    expect(alert).toMatch(/^Nothing was changed\./);
    expect(alert).toMatch(why);
    if (kept !== undefined)
      expect(values).toContain(Object.entries(fields).find(([name]) => name === kept)?.[1]);
    expect(await people()).toEqual(before);
  });

  it.each([
    {},
    { act: "people-promote", account: "zoe" },
    { act: "people-add", account: "zoe", role: "king" },
    { act: "people-add", account: "z".repeat(257), role: "member" },
    { act: "visibility", visibility: "hidden" },
    { act: "teams-grant", team: "x", package: "@desk/review", permission: "admin" },
  ])("take no form that the page does not have: %j", async (fields) => {
    expect((await submit(fields)).status).toBe(400);
  });

  it("take no form that another site sends", async () => {
    const answer = await sendForm(registry, ORG_SETTINGS, {
      fields: { act: "people-add", account: "zoe", role: "owner" },
      headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    });
    expect(answer.status).toBe(403);
  });

  it("give roles to groups elsewhere, and take them back", async () => {
    const group = { provider: "okta", group: "legal & co" };
    expect(outcome(await submit({ act: "groups-add", ...group, role: "maintainer" }))).toEqual(
      done("groups"),
    );
    const { root } = await registry.see(ORG_SETTINGS, "olga");
    expect(root.text.replaceAll(/\s+/g, " ")).toContain("legal & co Okta maintainer");
    expect(outcome(await submit({ act: "groups-remove", ...group }))).toEqual(done("groups"));
    expect((await registry.see(ORG_SETTINGS, "olga")).root.text).not.toContain("legal & co");
  });

  it("are there for who owns the namespace by a group, until the group's role ends", async () => {
    const group = { provider: "okta", group: "partners" };
    await registry.metadata.transaction(async (tx) => {
      const { id: accountId = 0 } = (await tx.account("zoe")) ?? {};
      const at = new Date().toISOString();
      const groups = [{ id: "partners", name: "partners", admin: false }];
      const identity = { provider: "okta", subject: "zoe", accountId, login: "zoe", groups, grant: null };
      await tx.putIdentity({ ...identity, groupsAt: at, createdAt: at });
    });
    await submit({ act: "groups-add", ...group, role: "owner" });
    const { html, root } = await registry.see("/account", "zoe");
    expect(root.text.replaceAll(/\s+/g, " ")).toContain("@desk owner org");
    expect(html).toContain(`href="${ORG_SETTINGS}"`);
    expect((await registry.see("/skills/desk", "zoe")).html).toContain(`href="${ORG_SETTINGS}"`);
    expect((await registry.see(ORG_SETTINGS, "zoe")).status).toBe(200);
    const ended = await registry.submit(ORG_SETTINGS, { act: "groups-remove", ...group }, "zoe");
    expect(outcome(ended)).toEqual([303, "/account"]);
    expect((await registry.see("/account", "zoe")).html).not.toContain(ORG_SETTINGS);
    expect((await registry.see(ORG_SETTINGS, "zoe")).status).toBe(403);
  });

  it("make teams, fill them, let them publish a skill, and delete them", async () => {
    const team = "reviewers";
    expect(outcome(await submit({ act: "teams-create", team }))).toEqual(done("teams"));
    expect((await submit({ act: "teams-create", team })).status).toBe(409);
    expect((await submit({ act: "teams-add", team, account: "zoe" })).status).toBe(303);
    const refused = await submit({ act: "teams-grant", team, package: "@zoe/x", permission: "read-only" });
    expect(refused.status).toBe(400);
    expect(told(refused.html, "package").values).toEqual(["@zoe/x"]);
    expect(await registry.publish(registry.tokens.zoe, "@desk/review", "1.0.1")).toBe(403);
    const grant = { act: "teams-grant", team, package: "@desk/review", permission: "read-write" };
    expect((await submit(grant)).status).toBe(303);
    const { root } = await registry.see(ORG_SETTINGS, "olga");
    expect(root.text.replaceAll(/\s+/g, " ")).toContain("reviewers: 1 person, 1 skill");
    expect(await registry.publish(registry.tokens.zoe, "@desk/review", "1.0.1")).toBe(201);
    expect((await submit({ act: "teams-revoke", team, package: "@desk/review" })).status).toBe(303);
    expect(await registry.publish(registry.tokens.zoe, "@desk/review", "1.0.2")).toBe(403);
    expect((await submit({ act: "teams-remove", team, account: "zoe" })).status).toBe(303);
    expect((await submit({ act: "teams-destroy", team })).status).toBe(303);
    expect((await registry.see(ORG_SETTINGS, "olga")).html).not.toContain(team);
  });

  it("set who sees new skills", async () => {
    const visibility = async (): Promise<unknown> => {
      const { body } = await registry.ask(registry.tokens.olga, ["GET", "/desk/settings"]);
      return body["visibility"];
    };
    expect(outcome(await submit({ act: "visibility", visibility: "restricted" }))).toEqual(
      done("visibility"),
    );
    expect(await visibility()).toBe("restricted");
    expect((await submit({ act: "visibility", visibility: "" })).status).toBe(303);
    expect(await visibility()).toBeNull();
  });

  it("list whom the namespace trusts, remove one, and say how to add one", async () => {
    const wish = {
      issuer: "github",
      repositoryId: "42",
      repository: "desk/skills",
      workflow: "publish.yml",
      environment: "release",
    };
    const { body } = await registry.ask(registry.tokens.olga, ["POST", "/desk/trust", wish]);
    const { root } = await registry.see(ORG_SETTINGS, "olga");
    expect(root.text).toContain("desk/skills");
    expect(root.text).toContain("environment release");
    expect(root.text).toContain("skills trust add @desk --issuer github");
    const fields = { act: "trust-remove", id: String(body["id"]) };
    expect(outcome(await submit(fields))).toEqual(done("trust"));
    expect((await registry.see(ORG_SETTINGS, "olga")).root.text).not.toContain("desk/skills");
  });

  it("lead who gave up their own role to their account", async () => {
    await submit({ act: "people-change", account: "max", role: "owner" });
    const left = await registry.submit(ORG_SETTINGS, { act: "people-remove", account: "max" }, "max");
    expect(outcome(left)).toEqual([303, "/account"]);
    await submit({ act: "people-add", account: "max", role: "maintainer" });
  });

  it("of a personal namespace have no people, groups or teams, and take none", async () => {
    const path = "/namespaces/zoe/settings";
    const { status, html } = await registry.see(path, "zoe");
    expect(status).toBe(200);
    expect(html).toContain("nobody else belongs to");
    expect(html).not.toContain("people-add");
    const fields = { act: "people-add", account: "max", role: "owner" };
    const refused = await registry.submit(path, fields, "zoe");
    expect([refused.status, told(refused.html, "account").alert]).toEqual([
      403,
      expect.stringContaining("personal namespace"),
    ]);
    const visibility = { act: "visibility", visibility: "restricted" };
    expect(outcome(await registry.submit(path, visibility, "zoe"))).toEqual(done("visibility", path));
  });
});

/** An entry of the audit log in one line. */
function shortened(entry: unknown): string {
  const { action, account, subject } = entry as Record<string, string>;
  return `${action} ${account} ${subject}`;
}
