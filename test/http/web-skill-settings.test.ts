import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ORG_SETTINGS,
  type Sent,
  type SettingsRegistry,
  SKILL_SETTINGS,
  startSettings,
} from "../support/settings-registry.ts";

const SKILL = "/skills/desk/review";
const done = (section: string): unknown => [303, `${SKILL_SETTINGS}#${section}`];
const outcome = ({ status, location }: Sent): unknown => [status, location];

describe("the settings of a skill", () => {
  let registry: SettingsRegistry;
  const submit = async (fields: Record<string, string>): Promise<Sent> =>
    await registry.submit(SKILL_SETTINGS, fields, "olga");
  const listed = async (): Promise<string> => (await registry.see(SKILL_SETTINGS, "olga")).html;

  beforeAll(async () => {
    registry = await startSettings();
    expect(outcome(await submit({ act: "owners-add", account: "sam" }))).toEqual(done("owners"));
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  it.each([
    ["olga", 200],
    ["sam", 200],
    ["max", 403],
    ["mia", 403],
    ["zoe", 403],
    [undefined, 303],
  ] as const)("are there for those who administer it, and linked for them: %s", async (who, status) => {
    expect((await registry.see(SKILL_SETTINGS, who)).status).toBe(status);
    const isLinked = (await registry.see(SKILL, who)).html.includes(SKILL_SETTINGS);
    expect(isLinked).toBe(status === 200);
    if (status === 200) return;
    const hide = { act: "visibility", visibility: "restricted" };
    expect((await registry.submit(SKILL_SETTINGS, hide, who)).status).toBe(status);
    expect((await registry.fetch("/@desk%2freview")).status).toBe(200);
  });

  it("give an owner of the skill alone no way to the namespace", async () => {
    expect((await registry.see(SKILL_SETTINGS, "sam")).html).not.toContain(ORG_SETTINGS);
    expect((await registry.see(SKILL_SETTINGS, "olga")).html).toContain(ORG_SETTINGS);
    expect((await registry.see(ORG_SETTINGS, "sam")).status).toBe(403);
  });

  it("hide a skill, warn before they show it, and show it", async () => {
    expect(await listed()).not.toContain("Make it public");
    const hide = { act: "visibility", visibility: "restricted" };
    expect(outcome(await submit(hide))).toEqual(done("visibility"));
    expect((await registry.fetch("/@desk%2freview")).status).toBe(404);
    expect((await registry.see(SKILL, "zoe")).status).toBe(404);
    expect(await listed()).toContain("Everybody who reaches this registry will read it");
    expect(outcome(await submit({ act: "visibility", visibility: "public" }))).toEqual(done("visibility"));
    expect((await registry.fetch("/@desk%2freview")).status).toBe(200);
    const [entry] = await registry.lastEntries(1);
    expect(entry).toMatchObject({ account: "olga", action: "visibility", subject: "@desk/review" });
  });

  it("add and remove owners, who lead to their account when they leave", async () => {
    const added = await registry.submit(SKILL_SETTINGS, { act: "owners-add", account: "@zoe" }, "sam");
    expect(outcome(added)).toEqual(done("owners"));
    expect(await listed()).toContain("Remove zoe");
    expect(await registry.publish(registry.tokens.zoe, "@desk/review", "1.1.0")).toBe(201);
    const left = await registry.submit(SKILL_SETTINGS, { act: "owners-remove", account: "zoe" }, "zoe");
    expect(outcome(left)).toEqual([303, "/account"]);
    const [entry] = await registry.lastEntries(1);
    expect(entry).toMatchObject({ account: "zoe", action: "owner.remove", subject: "@desk/review" });
    expect(await registry.publish(registry.tokens.zoe, "@desk/review", "1.2.0")).toBe(403);
  });

  it.each([
    [{ act: "owners-add", account: "nobody-here" }, 404, 'value="nobody-here"'],
    [{ act: "owners-add", account: "" }, 404, "There is no account"],
    [{ act: "owners-remove", account: "desk" }, 409, "belongs to the namespace @desk"],
    [{ act: "trust-remove", id: "none" }, 404, "has no such trust"],
  ])("say in the page why %j was refused", async (fields, status, text) => {
    const before = await listed();
    const { status: answered, html } = await submit(fields);
    expect(answered).toBe(status);
    expect(html).toContain("Nothing was changed.");
    expect(html).toContain(text);
    expect(await listed()).toBe(before);
  });

  it.each([{}, { act: "visibility", visibility: "secret" }, { act: "people-add", account: "zoe" }])(
    "take no form that the page does not have: %j",
    async (fields) => {
      expect((await submit(fields)).status).toBe(400);
    },
  );

  it("list whom the skill trusts, and remove one", async () => {
    const wish = { issuer: "github", repositoryId: "42", repository: "desk/skills", workflow: "publish.yml" };
    const made = await registry.fetch("/api/skills/desk/review/trust", {
      method: "POST",
      token: registry.tokens.olga,
      body: JSON.stringify(wish),
    });
    const { id } = (await made.json()) as { id: string };
    const html = await listed();
    expect(html).toContain("Remove the trust in desk/skills");
    expect(html).toContain("skills trust add @desk/review --issuer github");
    const elsewhere = await registry.submit(ORG_SETTINGS, { act: "trust-remove", id }, "olga");
    expect(elsewhere.status).toBe(404);
    expect(outcome(await submit({ act: "trust-remove", id }))).toEqual(done("trust"));
    expect(await listed()).not.toContain("desk/skills");
  });

  it("are nothing where there is no such skill, for its owners, too", async () => {
    expect((await registry.see("/skills/desk/nothing/settings", "olga")).status).toBe(404);
    expect((await registry.see("/skills/desk/-/settings", "olga")).status).toBe(404);
  });
});
