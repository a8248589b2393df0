import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describePages } from "../support/pages.ts";

const SKILL = "/skills/mallory/hostile";

/** Every place where text of a user is shown. */
const PLACES = [
  SKILL,
  `${SKILL}/versions`,
  `${SKILL}/v/1.0.0/files`,
  `${SKILL}/v/1.0.0/files/SKILL.md`,
  `${SKILL}/v/1.0.0/files/SKILL.md?view=source`,
  `${SKILL}/v/1.0.0/files/package.json`,
  `${SKILL}/v/1.0.0/files/assets/drawing.svg`,
  `${SKILL}/v/1.0.0/files/assets/page.html`,
  "/search?q=hostile&explain=1",
  `/search?q=${encodeURIComponent('"><script>alert(1)</script>')}`,
  `/search?keyword=${encodeURIComponent('"><img src=x onerror=alert(1)>')}`,
  `/login?next=${encodeURIComponent("javascript:alert(1)")}`,
  "/skills/mallory",
  "/",
];

/** Set by every trick that works: all of them call `alert`. */
const wasTricked = async (page: Page): Promise<unknown> => await page.evaluate("window.tricked === true");

describePages("text of a user that tries to do harm", (pages) => {
  it.each(PLACES)("runs nothing, loads nothing, and goes nowhere: %s", async (place) => {
    await using visit = await pages.open("/login");
    const { page, problems } = visit;
    await page.addInitScript("window.alert = () => { window.tricked = true; }");
    await page.goto(place);
    expect(await wasTricked(page)).toBe(false);
    expect(new URL(page.url()).pathname).toBe(new URL(place, page.url()).pathname);
    expect(problems.filter((problem) => !problem.includes("404"))).toStrictEqual([]);
    expect(await page.locator("main :is(script, iframe, object, embed, form[action*='evil'])").count()).toBe(
      0,
    );
  });

  it("runs nothing while somebody types it", async () => {
    await using visit = await pages.open("/search");
    const { page } = visit;
    await page.evaluate("window.alert = () => { window.tricked = true; }");
    const text = '"><img src=x onerror=alert(1)>';
    await page.getByRole("searchbox", { name: "Search skills" }).fill(text);
    await page.locator("[data-summary]").filter({ hasText: text }).waitFor();
    expect(await wasTricked(page)).toBe(false);
    expect(visit.problems).toStrictEqual([]);
  });

  it("would be stopped by the policy, if it got into a page", async () => {
    await using visit = await pages.open(SKILL);
    const { page } = visit;
    await page.evaluate(`{
      const script = document.createElement("script");
      script.textContent = "window.tricked = true";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", "<img src=https://evil.example/x onerror=alert(1)>");
    }`);
    await expect
      .poll(() => visit.problems.filter((text) => text.includes("Content Security Policy")).length)
      .toBeGreaterThan(1);
    expect(await wasTricked(page)).toBe(false);
  });

  it("runs nothing either when somebody opens a file of it as it is", async () => {
    await using visit = await pages.open("/");
    const { page, problems } = visit;
    await page.addInitScript("window.alert = () => { window.tricked = true; }");
    for (const file of ["assets/drawing.svg", "assets/page.html"]) {
      const answer = await page.goto(`/api/skills/mallory/hostile/1.0.0/files/${file}`);
      expect(answer?.headers()["content-type"]).toBe("text/plain; charset=utf-8");
      expect(await wasTricked(page)).toBe(false);
    }
    expect(problems.filter((problem) => problem.startsWith("a "))).toStrictEqual([]);
  });
});
