import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describePages } from "../support/pages.ts";

const field = (page: Page) => page.getByRole("searchbox", { name: "Search skills" });
const hits = (page: Page) => page.locator(".hits .hit-link");
const summary = (page: Page) => page.locator("[data-summary]");

describePages("searching in a browser", (pages) => {
  it("leads from the home page to the results by enter", async () => {
    await using visit = await pages.open("/");
    const { page } = visit;
    await field(page).fill("contract");
    await field(page).press("Enter");
    await page.waitForURL("**/search?q=contract");
    expect(await hits(page).allTextContents()).toStrictEqual(["@acme/contract-review", "@acme/old-review"]);
    expect(await page.locator(".hits mark").first().textContent()).toMatch(/contract/i);
    expect(visit.problems).toStrictEqual([]);
  });

  it("shows results while somebody types, and keeps the address in step", async () => {
    await using visit = await pages.open("/search");
    const { page } = visit;
    await field(page).pressSequentially("slid");
    await summary(page).filter({ hasText: "slid" }).waitFor();
    expect(await hits(page).count()).toBe(6);
    expect(new URL(page.url()).search).toBe("?q=slid");
    await expect.poll(async () => await page.locator("#status").textContent()).toContain("6 skills");
    expect(await page.evaluate("document.activeElement.id")).toBe("q");
    await field(page).fill("nothing-like-this-anywhere");
    await page.getByRole("heading", { name: "Nothing found" }).waitFor();
    await page.reload();
    expect(await field(page).inputValue()).toBe("nothing-like-this-anywhere");
    expect(visit.problems).toStrictEqual([]);
  });

  it("says what it took a misspelled word for", async () => {
    await using visit = await pages.open("/search?q=contrct");
    expect(await visit.page.getByText("No skill has “contrct”").textContent()).toMatch(/contract/);
    expect(await hits(visit.page).first().textContent()).toBe("@acme/contract-review");
  });

  it("is focused by /, but not while somebody types elsewhere", async () => {
    await using visit = await pages.open("/skills/studio");
    const { page } = visit;
    await page.keyboard.press("/");
    expect(await page.evaluate("document.activeElement.id")).toBe("q");
    expect(await field(page).inputValue()).toBe("");
    const other = page.getByRole("searchbox", { name: "Search in @studio" });
    await other.focus();
    await page.keyboard.type("a/b");
    expect(await other.inputValue()).toBe("a/b");
  });

  it("goes through the results with the arrow keys, and opens one with enter", async () => {
    await using visit = await pages.open("/search?q=slides");
    const { page } = visit;
    const [first, second] = await hits(page).allTextContents();
    await field(page).focus();
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate("document.activeElement.textContent")).toBe(first);
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate("document.activeElement.textContent")).toBe(second);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    expect(await page.evaluate("document.activeElement.id")).toBe("q");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/skills/studio/*");
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(first?.split("/")[1]);
  });

  it("filters by a facet, keeps the filter while somebody types, and takes it off", async () => {
    await using visit = await pages.open("/search");
    const { page } = visit;
    const filters = page.getByRole("navigation", { name: "Filters" });
    await filters.getByRole("link", { name: "recipes" }).click();
    await page.waitForURL("**/search?keyword=recipes");
    expect(await hits(page).count()).toBe(6);
    expect(await filters.getByRole("link", { name: "recipes" }).getAttribute("aria-current")).toBe("true");
    await field(page).pressSequentially("sketch");
    await expect
      .poll(async () => await hits(page).allTextContents())
      .toStrictEqual(["@studio/sketch-recipes"]);
    expect(new URL(page.url()).searchParams.get("keyword")).toBe("recipes");
    await page.getByRole("link", { name: "Remove the filter keyword: recipes" }).click();
    await page.waitForURL("**/search?q=sketch");
    expect(await hits(page).count()).toBe(4);
    expect(visit.problems).toStrictEqual([]);
  });

  it("filters by agent, scripts and deprecation, and marks what it shows", async () => {
    await using visit = await pages.open("/search?q=review&is=deprecated");
    const { page } = visit;
    expect(await hits(page).allTextContents()).toStrictEqual(["@acme/old-review"]);
    expect(await page.locator(".hits .badge").allTextContents()).toStrictEqual(["deprecated"]);
    await page.goto("/search?agent=cursor");
    expect(await hits(page).allTextContents()).toStrictEqual(["@acme/legal-suite"]);
    await page.goto("/search?has=scripts");
    expect(await hits(page).allTextContents()).toStrictEqual(["@acme/contract-review"]);
  });

  it("sorts by what somebody chooses", async () => {
    await using visit = await pages.open("/search?namespace=acme");
    const { page } = visit;
    await page.getByLabel("Sort by").selectOption("Name");
    await page.waitForURL("**sort=name*");
    const names = await hits(page).allTextContents();
    expect(names).toStrictEqual(names.toSorted());
    await page.getByLabel("Sort by").selectOption({ label: "Most downloaded" });
    await page.waitForURL("**sort=downloads*");
    expect(await hits(page).first().textContent()).toBe("@acme/contract-review");
  });

  it("turns pages, every skill on one of them, and begins anew with another query", async () => {
    await using visit = await pages.open("/search?sort=name");
    const { page } = visit;
    const first = await hits(page).allTextContents();
    await page.getByRole("link", { name: "Next" }).click();
    await page.waitForURL("**page=2*");
    const second = await hits(page).allTextContents();
    expect(first).toHaveLength(20);
    expect(new Set([...first, ...second]).size).toBe(29);
    expect(await page.getByText("Page 2 of 2").count()).toBe(1);
    await field(page).pressSequentially("plan");
    await summary(page).filter({ hasText: "plan" }).waitFor();
    expect(new URL(page.url()).searchParams.get("page")).toBeNull();
    expect(await hits(page).count()).toBe(4);
  });

  it("begins on the first page in another order", async () => {
    await using visit = await pages.open("/search?page=2");
    const { page } = visit;
    await page.getByLabel("Sort by").selectOption("Name");
    await page.waitForURL("**sort=name*");
    expect(await hits(page).count()).toBe(20);
  });
});
