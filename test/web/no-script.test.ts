import { expect, it } from "vitest";
import { logIn } from "../support/browser.ts";
import { describePages } from "../support/pages.ts";
import { PASSWORD } from "../support/registry.ts";
import { ACME } from "../support/web-registry.ts";

const NO_SCRIPT = { javaScriptEnabled: false };
const SKILL = "/skills/acme/contract-review";

describePages("the pages without JavaScript", (pages) => {
  it("search, filter, sort and turn pages", async () => {
    await using visit = await pages.open("/", NO_SCRIPT);
    const { page } = visit;
    const hits = page.locator(".hits .hit-link");
    await page.getByRole("searchbox", { name: "Search skills" }).fill("contract");
    await page.getByRole("main").getByRole("button", { name: "Search" }).click();
    await page.waitForURL("**/search?q=contract");
    expect(await hits.count()).toBe(2);
    await page
      .getByRole("navigation", { name: "Filters" })
      .getByRole("link", { name: "With scripts" })
      .click();
    await page.waitForURL("**has=scripts*");
    expect(await hits.allTextContents()).toStrictEqual(["@acme/contract-review"]);
    await page.getByRole("link", { name: /^Remove the filter/ }).click();
    await page.waitForURL("**/search?q=contract");
    await page.goto("/search");
    await page.getByLabel("Sort by").selectOption("Name");
    await page.getByRole("button", { name: "Sort" }).click();
    await page.waitForURL("**sort=name*");
    await page.getByRole("link", { name: "Next" }).click();
    await page.waitForURL("**page=2*");
    expect(await hits.count()).toBe(9);
    await page.getByRole("searchbox", { name: "Search skills" }).fill("slides");
    await page.keyboard.press("Enter");
    await page.waitForURL("**q=slides*");
    expect(await hits.count()).toBe(6);
  });

  it("show a skill, its install lines, versions, differences and files", async () => {
    await using visit = await pages.open(SKILL, NO_SCRIPT);
    const { page } = visit;
    const npm = page.getByText("npm install @acme/contract-review");
    expect(await npm.isVisible()).toBe(false);
    await page.getByText("npm", { exact: true }).click();
    expect(await npm.isVisible()).toBe(true);
    expect(await page.getByRole("button", { name: /^Copy/ }).count()).toBe(0);
    expect(await page.getByRole("button", { name: "Dark theme" }).count()).toBe(0);
    await page.getByText("By day").click();
    expect(await page.getByRole("region", { name: "Downloads by day" }).isVisible()).toBe(true);
    await page.getByRole("link", { name: "Versions" }).click();
    await page.waitForURL(`**${SKILL}/versions`);
    await page.getByLabel("Compare").selectOption("1.0.0");
    await page.getByLabel("with", { exact: true }).selectOption("1.1.0");
    await page.getByRole("button", { name: "Show changes" }).click();
    await page.waitForURL(`**${SKILL}/diff/1.0.0...1.1.0`);
    expect(await page.getByText("Run the script over every appendix.").isVisible()).toBe(true);
    await page.getByRole("link", { name: "Files" }).click();
    await page.getByRole("link", { name: "scripts/review.py" }).click();
    expect(await page.locator(".code-view").isVisible()).toBe(true);
  });

  it("log in, like and log out", async () => {
    await using visit = await pages.open(SKILL, NO_SCRIPT);
    const { page } = visit;
    await page.getByRole("link", { name: /^Like/ }).click();
    await logIn(page, { name: ACME, password: PASSWORD });
    await page.waitForURL(`**${SKILL}`);
    await page.getByRole("button", { name: /^Like/ }).click();
    await page.locator('[aria-pressed="true"]').waitFor();
    expect(await page.getByRole("button", { name: /^Like/ }).locator(".count").textContent()).toBe("3");
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("link", { name: "Log in" }).waitFor();
  });
});
