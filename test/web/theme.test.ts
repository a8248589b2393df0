import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describePages } from "../support/pages.ts";

const toggle = (page: Page) => page.getByRole("button", { name: "Dark theme" });

/** Brightness of the page behind the text, from 0 to 255. */
async function brightness(page: Page): Promise<number> {
  const colour = String(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  return (red + green + blue) / 3;
}

describePages("the theme of the pages", (pages) => {
  it("is the one that the system prefers, also when that changes", async () => {
    await using visit = await pages.open("/", { colorScheme: "dark" });
    const { page } = visit;
    expect(await brightness(page)).toBeLessThan(40);
    expect(await toggle(page).getAttribute("aria-pressed")).toBe("true");
    await page.emulateMedia({ colorScheme: "light" });
    expect(await brightness(page)).toBeGreaterThan(240);
    await expect.poll(async () => await toggle(page).getAttribute("aria-pressed")).toBe("false");
  });

  it("is the one that was chosen, on other pages and later too", async () => {
    await using visit = await pages.open("/", { colorScheme: "light" });
    const { page } = visit;
    await toggle(page).click();
    expect(await brightness(page)).toBeLessThan(40);
    await page.goto("/skills/acme/contract-review");
    expect(await brightness(page)).toBeLessThan(40);
    const later = await page.context().newPage();
    await later.goto(`${pages.registry().url}/search`);
    expect(await brightness(later)).toBeLessThan(40);
    expect(await toggle(later).getAttribute("aria-pressed")).toBe("true");
    await toggle(later).click();
    await later.reload();
    expect(await brightness(later)).toBeGreaterThan(240);
    expect(visit.problems).toStrictEqual([]);
  });

  it("is set before anything is painted", async () => {
    await using visit = await pages.open("/", { colorScheme: "light" });
    const { page } = visit;
    await toggle(page).click();
    await page.addInitScript(
      "addEventListener('DOMContentLoaded', () => { window.early = document.documentElement.dataset.theme; })",
    );
    await page.reload();
    expect(await page.evaluate("window.early")).toBe("dark");
  });
});
