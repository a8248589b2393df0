import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PAGES } from "../support/addresses.ts";
import { unfold } from "../support/browser.ts";
import { describePages, SLOW_MS } from "../support/pages.ts";
import { publish } from "../support/web-registry.ts";

/** What a page and all it loads may weigh; the promise to people with slow lines. */
const WEIGHT_MAX = 150_000;
const WIDTHS = [360, 768, 1280];
/** Pages whose looks are worth a picture in every width and theme. */
const PICTURED = [
  "home",
  "search",
  "skill",
  "diff",
  "code",
  "versions",
  "namespace",
  "account",
  "org-settings",
  "restricted-settings",
  "operator",
  "login",
];
const PHONE = { viewport: { width: 360, height: 740 } };
const WIDTH = "document.documentElement.scrollWidth";

describePages("every page", (pages) => {
  const kept = process.env["WEB_SCREENSHOTS"];
  let folder = "";

  beforeAll(async () => {
    folder = kept ?? (await mkdtemp(path.join(os.tmpdir(), "skills-pages-")));
    await mkdir(folder, { recursive: true });
  });

  afterAll(async () => {
    if (kept === undefined) await rm(folder, { recursive: true, force: true });
  });

  it.each(PAGES)("is light and keeps to this host: $name", async ({ name, path, own }) => {
    await using visit = await (own ? pages.openLoggedIn(path) : pages.open(path));
    expect(await visit.transferred()).toBeLessThan(WEIGHT_MAX);
    expect(visit.problems.filter((problem) => !isStatusOf(name, problem))).toStrictEqual([]);
  });

  it("fits 360 pixels without sideways scrolling, with everything unfolded", async () => {
    const widths: Record<string, unknown> = {};
    await pages.each(async (page, name) => {
      await unfold(page);
      widths[name] = await page.evaluate(WIDTH);
    }, PHONE);
    expect(widths).toStrictEqual(Object.fromEntries(PAGES.map(({ name }) => [name, 360])));
  });

  it(
    "has its picture taken in three widths and two themes",
    async () => {
      await pages.each(
        async (page, name) => {
          for (const width of WIDTHS) {
            await page.setViewportSize({ width, height: 800 });
            for (const colorScheme of ["light", "dark"] as const) {
              await page.emulateMedia({ colorScheme });
              const file = path.join(folder, `${name}-${width}-${colorScheme}.png`);
              await page.screenshot({ path: file, fullPage: true });
              expect((await stat(file)).size, file).toBeGreaterThan(5_000);
            }
          }
        },
        { names: PICTURED },
      );
    },
    SLOW_MS,
  );

  it("fits 360 pixels with the longest names there may be, and words without an end", async () => {
    const registry = pages.registry();
    const [name, endless] = ["n".repeat(64), "endless".repeat(40)];
    const skill = {
      name: `@${name}/${"s".repeat(64)}`,
      description: endless,
      manifest: { keywords: [endless.slice(0, 60)], homepage: `https://example.com/${endless}` },
      frontmatter: `compatibility: ${endless}\nmetadata:\n  ${endless.slice(0, 60)}: ${endless}`,
      body: `# ${endless}\n\n${endless} \`${endless}\`\n\n| ${endless} | b |\n|---|---|\n| 1 | 2 |\n\n- ${endless}`,
      files: {
        [`references/${"f".repeat(80)}.md`]: endless,
        [`scripts/${"p".repeat(80)}.py`]: `x = "${endless}"`,
      },
    };
    const token = await registry.account(name);
    await publish(registry, token, skill);
    await publish(registry, token, { ...skill, version: "1.0.1-next.1", body: `${skill.body}\n\nMore.` });
    const address = `/skills/${skill.name.slice(1)}`;
    await using visit = await pages.openLoggedIn("/account", { ...PHONE, name });
    const places = [
      "/account",
      "/",
      `/search?q=${endless}`,
      "/search?q=endless",
      `/skills/${name}`,
      `/namespaces/${name}/settings`,
      address,
    ].concat(
      [
        "/versions",
        "/settings",
        "/diff/1.0.0...1.0.1-next.1",
        "/v/1.0.0/files",
        `/v/1.0.0/files/scripts/${"p".repeat(80)}.py`,
      ].map((rest) => address + rest),
    );
    const wide: string[] = [];
    for (const place of places) {
      await visit.page.goto(place);
      await unfold(visit.page);
      if ((await visit.page.evaluate(WIDTH)) !== 360) wide.push(`${place}: ${await widest(visit.page)}`);
    }
    expect(wide).toStrictEqual([]);
  });
});

/** A browser complains about the status of a page that is meant to be missing. */
function isStatusOf(name: string, problem: string): boolean {
  return name === "not-found" && problem.includes("404");
}

/** The innermost elements that stick out, to be mended. */
async function widest(page: Page): Promise<string> {
  return await page.evaluate<string>(`[...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > 361 && !one.closest(".table-scroll, pre, code, .visually-hidden"))
    .slice(-2)
    .map((one) => one.outerHTML.slice(0, 100))
    .join(" and ")`);
}
