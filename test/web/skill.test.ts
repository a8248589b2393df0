import type { Locator, Page } from "playwright-core";
import { expect, it } from "vitest";
import { describePages } from "../support/pages.ts";
import { publishDocument } from "../support/publish-body.ts";
import { buildSkill } from "../support/skill.ts";

const SKILL = "/skills/acme/contract-review";
const heading = async (page: Page): Promise<string | null> =>
  await page.getByRole("heading", { level: 1 }).textContent();
/** Pixels of a picture; 0 while it has not come. */
const widthOf = async (picture: Locator): Promise<number> =>
  await picture.evaluate((image) => Number(Reflect.get(image, "naturalWidth")));

describePages("a skill in a browser", (pages) => {
  it("shows what it is: text, frontmatter, downloads, cost, licence and links", async () => {
    await using visit = await pages.open(SKILL);
    const { page } = visit;
    expect(await page.title()).toBe("@acme/contract-review · Skills registry");
    expect(await heading(page)).toBe("contract-review");
    const readme = page.getByRole("region", { name: "SKILL.md" });
    expect(await readme.locator("strong").first().textContent()).toBe("twice");
    expect(await readme.getByRole("table").getByRole("row").count()).toBe(3);
    expect(await readme.locator("pre .hljs-keyword").first().textContent()).toBe("def");
    expect(await page.getByRole("cell", { name: "Claude Code and Codex; needs Python 3.11" }).count()).toBe(
      1,
    );
    const side = page.getByRole("complementary", { name: "About this version" });
    expect(
      await side
        .getByRole("img", { name: /Downloads per day/ })
        .locator("rect")
        .count(),
    ).toBe(30);
    await side.getByText("By day").click();
    expect(await side.getByRole("row").count()).toBe(30);
    expect(await side.textContent()).toMatch(/tokens when used[^]*MIT[^]*Acme Legal/);
    expect(
      await side.getByRole("link", { name: "github.com/acme/skills", exact: true }).getAttribute("rel"),
    ).toContain("nofollow");
    expect(await side.getByRole("link", { name: "@acme/legal-suite" }).count()).toBe(1);
    expect(visit.problems).toStrictEqual([]);
  });

  it("says what it was forked and imported from, on a narrow screen too", async () => {
    const registry = pages.registry();
    const skill = {
      forkedFrom: { name: "@acme/contract-review", version: "1.0.0" },
      importedFrom: { repository: "github:acme/skills", commit: "0a1b2c3d4e5f6a7b", path: "skills/review" },
    };
    const fork = { name: "@acme/our-contract-review", manifest: { skill } };
    const manifest = { name: fork.name, version: "1.0.0", license: "MIT", skill };
    const document = publishDocument(manifest, buildSkill(fork).tarball);
    const published = await registry.fetch("/@acme%2four-contract-review", {
      method: "PUT",
      token: registry.token,
      body: JSON.stringify(document),
    });
    expect(published.status).toBe(201);
    await using visit = await pages.open("/skills/acme/our-contract-review", {
      viewport: { width: 360, height: 800 },
    });
    const { page } = visit;
    const facts = page.getByRole("listitem").filter({ hasText: "fork of" });
    expect(await facts.textContent()).toBe("fork of @acme/contract-review 1.0.0, 1 version behind 1.1.0");
    const side = page.getByRole("complementary", { name: "About this version" });
    expect(await side.getByText("The registry has not proved it").count()).toBe(1);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await page.getByRole("link", { name: "@acme/contract-review", exact: true }).click();
    await page.waitForURL(`**${SKILL}`);
    expect(visit.problems).toStrictEqual([]);
  });

  it("shows pictures of its own, and opens files that its text links to", async () => {
    await using visit = await pages.open(SKILL);
    const { page } = visit;
    const picture = page.getByRole("img", { name: "How the parts fit together" });
    await picture.scrollIntoViewIfNeeded();
    await expect.poll(async () => await widthOf(picture)).toBe(1);
    await page.getByRole("link", { name: "guide", exact: true }).click();
    await page.waitForURL(`**${SKILL}/v/1.1.0/files/references/guide.md`);
    await page.getByRole("link", { name: "the skill", exact: true }).click();
    await page.waitForURL(`**${SKILL}/v/1.1.0/files/SKILL.md`);
    expect(visit.problems).toStrictEqual([]);
  });

  it("puts the line of the chosen client on the clipboard", async () => {
    await using visit = await pages.open(SKILL, { permissions: ["clipboard-read", "clipboard-write"] });
    const { page } = visit;
    const install = page.getByRole("group", { name: "Install with" });
    const copied = async (): Promise<unknown> => await page.evaluate("navigator.clipboard.readText()");
    const copy = install.locator(".install-panel").getByRole("button", { name: "Copy the command" });
    await copy.click();
    await expect.poll(copied).toBe("skills add @acme/contract-review");
    await install.getByText("Claude Code", { exact: true }).click();
    await install.getByText("skills add @acme/contract-review --agent claude-code").waitFor();
    await copy.click();
    await expect.poll(copied).toBe("skills add @acme/contract-review --agent claude-code");
    expect(await page.locator("#status").textContent()).toBe("Copied");
  });

  it("goes through the clients with the arrow keys", async () => {
    await using visit = await pages.open(SKILL);
    const { page } = visit;
    const shown = async (): Promise<string[]> =>
      await page.locator(".install-panel code").filter({ visible: true }).allTextContents();
    await page.getByLabel("Any agent").focus();
    await page.keyboard.press("ArrowRight");
    expect(await shown()).toStrictEqual(["skills add @acme/contract-review --agent claude-code"]);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    const npm = `npm install @acme/contract-review --registry=${pages.registry().url}/`;
    expect(await shown()).toStrictEqual([npm]);
  });

  it("shows an older version and says which one is the latest", async () => {
    await using visit = await pages.open(`${SKILL}/versions`);
    const { page } = visit;
    const versions = page.locator(".versions > li");
    expect(await versions.getByRole("heading").allTextContents()).toStrictEqual([
      "2.0.0-beta.1",
      "1.1.0",
      "1.0.0",
    ]);
    await versions.getByRole("link", { name: "1.0.0", exact: true }).click();
    await page.waitForURL(`**${SKILL}/v/1.0.0`);
    expect(await page.locator(".install-panel code").first().textContent()).toBe(
      "skills add @acme/contract-review@1.0.0",
    );
    await page.getByRole("link", { name: "The latest is 1.1.0" }).click();
    await page.waitForURL(`**${SKILL}`);
  });

  it("shows what changed between two versions, and another two by choice", async () => {
    await using visit = await pages.open(`${SKILL}/versions`);
    const { page } = visit;
    await page.getByRole("link", { name: "what changed from 1.0.0 to 1.1.0" }).click();
    await page.waitForURL(`**${SKILL}/diff/1.0.0...1.1.0`);
    await page.getByRole("heading", { name: "Changes from 1.0.0 to 1.1.0" }).waitFor();
    const changes = page.locator("details.change");
    const skill = changes.filter({ hasText: "SKILL.md" });
    expect(await skill.textContent()).toMatch(/\+[^]*Run the script over every appendix/);
    expect(await changes.filter({ hasText: "scripts/review.py" }).first().textContent()).toContain("added");
    await page.getByLabel("Compare").selectOption("1.1.0");
    await page.getByLabel("with", { exact: true }).selectOption("2.0.0-beta.1");
    await page.getByRole("button", { name: "Show changes" }).click();
    await page.waitForURL(`**${SKILL}/diff/1.1.0...2.0.0-beta.1`);
    expect(
      await page.locator("details.change").filter({ hasText: "scripts/review.py" }).first().textContent(),
    ).toContain("removed");
    expect(visit.problems).toStrictEqual([]);
  });

  it("lets somebody read its files with colours and numbered lines", async () => {
    await using visit = await pages.open(SKILL);
    const { page } = visit;
    await page.getByRole("navigation", { name: "Skill" }).getByRole("link", { name: "Files" }).click();
    await page.waitForURL(`**${SKILL}/v/1.1.0/files`);
    await page.getByRole("link", { name: "scripts/review.py" }).click();
    await page.waitForURL(`**/files/scripts/review.py`);
    expect(await page.locator(".code-view .hljs-keyword").first().textContent()).toBe("import");
    await page.getByRole("link", { name: "6", exact: true }).click();
    expect(new URL(page.url()).hash).toBe("#L6");
    const picture = page
      .getByRole("navigation", { name: "Files" })
      .getByRole("link", { name: "assets/parts.png" });
    await picture.click();
    const shown = page.getByRole("main").getByRole("img", { name: "assets/parts.png" });
    await expect.poll(async () => await widthOf(shown)).toBe(1);
    await page
      .getByRole("navigation", { name: "Files" })
      .getByRole("link", { name: "assets/terms.bin" })
      .click();
    await page.getByText("This file is not text").waitFor();
    expect(visit.problems).toStrictEqual([]);
  });

  it("lists the skills of a pack", async () => {
    await using visit = await pages.open("/skills/acme/office-pack");
    const { page } = visit;
    await page.getByRole("link", { name: "minutes", exact: true }).click();
    await page.waitForURL("**/files/skills/minutes/SKILL.md");
    expect(await page.locator(".prose").textContent()).toContain("Keep it short.");
  });

  it("warns of a deprecated skill", async () => {
    await using visit = await pages.open("/skills/acme/old-review");
    expect(await visit.page.getByText("This version is deprecated.").count()).toBe(1);
    expect(await visit.page.getByText("Use @acme/contract-review instead.").count()).toBe(1);
  });

  it("leads from its publisher to the namespace and from there to the others", async () => {
    await using visit = await pages.open("/skills/studio/write-slides");
    const { page } = visit;
    await page.getByRole("link", { name: "@studio" }).click();
    await page.waitForURL("**/skills/studio");
    expect(await heading(page)).toBe("@studio");
    expect(await page.locator(".hits > li").count()).toBe(24);
    await page.getByRole("searchbox", { name: "Search in @studio" }).fill("sort");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/search?namespace=studio&q=sort");
    expect(await page.locator(".hits > li").count()).toBe(4);
  });

  it("answers for one that is not there with a page that leads on", async () => {
    await using visit = await pages.open("/skills/acme/no-such-skill");
    expect(await heading(visit.page)).not.toBe("");
    expect(await visit.page.getByRole("searchbox").count()).toBe(1);
    const answer = await visit.page.goto("/skills/acme/contract-review/v/9.9.9");
    expect(answer?.status()).toBe(404);
  });
});
