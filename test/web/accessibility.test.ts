import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { violationsOf } from "../support/axe.ts";
import { unfold } from "../support/browser.ts";
import { describePages, SLOW_MS } from "../support/pages.ts";

/** Pages with something of every kind that takes the focus. */
const KEYBOARD = ["home", "facets", "skill", "diff", "code", "account", "org-settings", "login"];

/** Presses of the tab key after which a page that still goes on has a trap. */
const TABS_MAX = 400;

describePages("every page", (pages) => {
  it(
    "has no serious accessibility violation, in light and dark",
    async () => {
      const violations: string[] = [];
      await pages.each(async (page, name) => {
        await page.emulateMedia({ colorScheme: "light" });
        await unfold(page);
        violations.push(...(await violationsOf(page, "")).map((text) => `${name}, light: ${text}`));
        await page.emulateMedia({ colorScheme: "dark" });
        // Only colours differ.
        const rules = ", { runOnly: ['color-contrast', 'link-in-text-block'] }";
        violations.push(...(await violationsOf(page, rules)).map((text) => `${name}, dark: ${text}`));
      });
      expect(violations).toStrictEqual([]);
    },
    SLOW_MS,
  );

  it(
    "is reached in every part by the tab key, with the focus to be seen",
    async () => {
      await pages.each(
        async (page, name) => {
          const { missed, unseen } = await walk(page);
          expect({ name, missed, unseen }).toStrictEqual({ name, missed: [], unseen: [] });
        },
        { names: KEYBOARD },
      );
    },
    SLOW_MS,
  );
});

interface Walk {
  /** Controls and links that the tab key did not come to. */
  missed: string[];
  /** Those that look the same with the focus as without. */
  unseen: string[];
}

/** Goes through the whole page with the tab key. */
async function walk(page: Page): Promise<Walk> {
  await page.evaluate(`window.reached = new Set(); window.unseen = new Set()`);
  for (let presses = 0; presses < TABS_MAX; presses += 1) {
    await page.keyboard.press("Tab");
    if (!(await page.evaluate<boolean>(NOTE_FOCUS))) break;
  }
  return await page.evaluate<Walk>(SUM_UP);
}

/** Whether the focus is on an element that it was not on before; a radio button is reached with any of its group. */
const NOTE_FOCUS = `(() => {
  const element = document.activeElement;
  if (element === document.body || window.reached.has(element)) return false;
  window.reached.add(element);
  const style = getComputedStyle(element);
  const label = getComputedStyle(element.closest("label") ?? element);
  const isSeen = (one) => one.outlineStyle !== "none" && parseFloat(one.outlineWidth) > 0;
  if (!isSeen(style) && !isSeen(label)) window.unseen.add(element);
  return true;
})()`;

const SUM_UP = `(() => {
  const name = (element) => element.outerHTML.replaceAll(/\\s+/g, " ").slice(0, 120);
  const radios = [...window.reached].filter((one) => one.type === "radio").map((one) => one.name);
  const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const missed = controls.filter(
    (one) => one.checkVisibility() && one.type !== "hidden" && !window.reached.has(one) && !radios.includes(one.name),
  );
  return { missed: missed.map(name), unseen: [...window.unseen].map(name) };
})()`;
