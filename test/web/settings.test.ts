import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { logIn } from "../support/browser.ts";
import { describePages } from "../support/pages.ts";
import { PASSWORD } from "../support/registry.ts";
import { ACME, STUDIO } from "../support/web-registry.ts";

const section = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const SKILL = "/skills/acme/contract-review";

describePages("settings in a browser", (pages) => {
  it("make an org, take people into it, and let a team have a skill", async () => {
    await using visit = await pages.openLoggedIn("/account");
    const { page } = visit;
    await page.getByRole("link", { name: "Create an org" }).click();
    await page.getByLabel("Name", { exact: true }).fill("workshop");
    await page.getByRole("button", { name: "Create the org" }).click();
    await page.waitForURL("**/namespaces/workshop/settings");
    const people = section(page, "People");
    await people.getByLabel("Account name").fill(STUDIO);
    await people.getByLabel("Role", { exact: true }).selectOption("member");
    await people.getByRole("button", { name: "Add to the org" }).click();
    await people.getByLabel(`Role of ${STUDIO}`, { exact: true }).selectOption("maintainer");
    await people.getByRole("button", { name: `Change the role of ${STUDIO}` }).click();
    const sent = people.locator(`#role-of-${STUDIO} option[selected]`);
    await expect.poll(async () => await sent.getAttribute("value")).toBe("maintainer");
    const teams = section(page, "Teams");
    await teams.getByLabel("New team").fill("clerks");
    await teams.getByRole("button", { name: "Create the team" }).click();
    await teams.getByText("clerks: 0 people, 0 skills").click();
    await teams.getByLabel("Account name").fill("mallory");
    await teams.getByRole("button", { name: "Add the account to clerks" }).click();
    await teams.getByText("clerks: 1 person, 0 skills").waitFor();
    expect(visit.problems).toStrictEqual([]);
  });

  it("say why the last owner stays, and that nothing was changed", async () => {
    await using visit = await pages.openLoggedIn("/skills/legal-desk");
    const { page } = visit;
    await page.getByRole("link", { name: "Settings", exact: true }).click();
    await page.getByRole("button", { name: "Remove acme", exact: true }).click();
    expect(await page.getByRole("alert").textContent()).toMatch(/Nothing was changed.*last owner/s);
    const people = section(page, "People");
    await people.getByLabel("Account name").fill("nobody-here");
    await people.getByLabel("Role", { exact: true }).selectOption("owner");
    await people.getByRole("button", { name: "Add to the org" }).click();
    await page.getByText('There is no account "nobody-here"').waitFor();
    expect(await people.getByLabel("Account name").inputValue()).toBe("nobody-here");
    expect(await people.getByLabel("Role", { exact: true }).inputValue()).toBe("owner");
  });

  it("hide a skill and show it again after a warning, without JavaScript, too", async () => {
    await using visit = await pages.openLoggedIn(SKILL, { javaScriptEnabled: false });
    const { page } = visit;
    const statusForOthers = async (): Promise<number> => (await pages.registry().fetch(SKILL)).status;
    await page.getByRole("link", { name: "Settings", exact: true }).click();
    await page.getByRole("button", { name: "Restrict it" }).click();
    const show = page.getByRole("button", { name: "Make it public" });
    expect(await show.isVisible()).toBe(false);
    expect(await statusForOthers()).toBe(404);
    await page.getByText("Make it public").first().click();
    expect(await page.getByText("Everybody who reaches this registry").isVisible()).toBe(true);
    await show.click();
    await page.getByRole("button", { name: "Restrict it" }).waitFor();
    expect(await statusForOthers()).toBe(200);
    expect(visit.problems).toStrictEqual([]);
  });

  it("lead through the login to the page whose form was sent without one", async () => {
    await using visit = await pages.openLoggedIn(`${SKILL}/settings`);
    const { page } = visit;
    await page.context().clearCookies();
    const owners = section(page, "Owners");
    await owners.getByLabel("Account name").fill(STUDIO);
    await owners.getByRole("button", { name: /^Add/ }).click();
    await page.waitForURL(`**/login?next=${encodeURIComponent(`${SKILL}/settings`)}`);
    await logIn(page, { name: ACME, password: PASSWORD });
    await page.waitForURL(`**${SKILL}/settings`);
    expect(await owners.getByText("Nobody yet.").count()).toBe(1);
  });
});
