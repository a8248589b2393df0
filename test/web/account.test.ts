import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { logIn } from "../support/browser.ts";
import { describePages } from "../support/pages.ts";
import { PASSWORD } from "../support/registry.ts";
import { ACME, STUDIO } from "../support/web-registry.ts";

const SKILL = "/skills/studio/plan-recipes";
const like = (page: Page) => page.getByRole("main").getByRole("button", { name: /^Like/ });
const token = (page: Page, name: string) => page.locator(".token").filter({ hasText: name });

async function makeToken(page: Page, { name, password }: { name: string; password: string }): Promise<void> {
  await page.getByText("New token", { exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Your password").fill(password);
  await page.getByRole("button", { name: "Make the token" }).click();
}

describePages("an account in a browser", (pages) => {
  it("logs in from where somebody was, and back to there", async () => {
    await using visit = await pages.open("/search?q=slides&sort=name");
    const { page } = visit;
    await page.getByRole("navigation", { name: "Account" }).getByRole("link", { name: "Log in" }).click();
    await logIn(page, { name: ACME, password: PASSWORD });
    await page.waitForURL("**/search?q=slides&sort=name");
    const account = page.getByRole("navigation", { name: "Account" });
    expect(await account.getByRole("link", { name: ACME }).count()).toBe(1);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
    expect(visit.problems).toStrictEqual([]);
  });

  it("says when the password is wrong, and keeps the name that was typed", async () => {
    await using visit = await pages.open("/login");
    const { page } = visit;
    await logIn(page, { name: STUDIO, password: "not the password" });
    await page.getByRole("alert").waitFor();
    expect(await page.getByLabel("User name").inputValue()).toBe(STUDIO);
    expect(await page.getByLabel("Password").inputValue()).toBe("");
    expect(await page.context().cookies()).toStrictEqual([]);
  });

  it("asks who likes a skill to log in, remembers the like, and takes it back", async () => {
    await using visit = await pages.open(SKILL);
    const { page } = visit;
    await page.getByRole("main").getByRole("link", { name: /^Like/ }).click();
    await logIn(page, { name: ACME, password: PASSWORD });
    await page.waitForURL(`**${SKILL}`);
    await like(page).click();
    await like(page).and(page.locator('[aria-pressed="true"]')).waitFor();
    await page.reload();
    expect(await like(page).getAttribute("aria-pressed")).toBe("true");
    expect(await like(page).locator(".count").textContent()).toBe("1");
    await page.goto("/account");
    expect(await page.getByRole("link", { name: "@studio/plan-recipes" }).count()).toBe(1);
    await page.goto(SKILL);
    await like(page).click();
    await like(page).and(page.locator('[aria-pressed="false"]')).waitFor();
    expect(await like(page).locator(".count").textContent()).toBe("0");
    expect(visit.problems).toStrictEqual([]);
  });

  it("makes a token that works until it is revoked", async () => {
    await using visit = await pages.openLoggedIn("/account", {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const { page } = visit;
    await makeToken(page, { name: "build server", password: PASSWORD });
    await page.getByRole("button", { name: "Copy the token" }).click();
    const secret = String(await page.evaluate("navigator.clipboard.readText()"));
    expect(secret).toBe(await page.locator(".new-secret code").textContent());
    const whoami = async (): Promise<number> =>
      (await pages.registry().fetch("/-/whoami", { token: secret })).status;
    expect(await whoami()).toBe(200);
    await page.goto("/account");
    expect(await page.getByText(secret).count()).toBe(0);
    await token(page, "build server")
      .getByRole("button", { name: /^Revoke build server/ })
      .click();
    await expect.poll(async () => await token(page, "build server").count()).toBe(0);
    expect(await whoami()).toBe(401);
    expect(visit.problems).toStrictEqual([]);
  });

  it("makes no token without the password, and keeps what was typed", async () => {
    await using visit = await pages.openLoggedIn("/account", { name: STUDIO });
    const { page } = visit;
    await makeToken(page, { name: "for somebody else", password: "guessed" });
    await page.getByRole("alert").waitFor();
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("for somebody else");
    expect(await page.locator(".new-secret").count()).toBe(0);
  });

  it("logs out here and at the registry", async () => {
    await using visit = await pages.openLoggedIn("/account", { name: STUDIO });
    const { page } = visit;
    const [cookie] = await page.context().cookies();
    await page.getByRole("button", { name: "Log out", exact: true }).click();
    await page.getByRole("link", { name: "Log in" }).waitFor();
    expect(await page.context().cookies()).toStrictEqual([]);
    const headers = { authorization: `Bearer ${cookie?.value}` };
    expect((await pages.registry().fetch("/-/whoami", { headers })).status).toBe(401);
    await page.goto("/account");
    await page.waitForURL("**/login?next=%2Faccount");
  });

  it("shows the operator's page to the operator only", async () => {
    await using operator = await pages.openLoggedIn("/operator");
    expect(await operator.page.getByRole("heading", { level: 1 }).textContent()).toBe("Operator");
    expect(await operator.page.getByRole("region", { name: "Table of changes" }).textContent()).toContain(
      STUDIO,
    );
    expect(operator.problems).toStrictEqual([]);
    await using other = await pages.openLoggedIn("/account", { name: STUDIO });
    const answer = await other.page.goto("/operator");
    expect(answer?.status()).toBe(403);
  });
});
