import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { defaultSettings } from "../../plugin/src/config-file.ts";
import { type RunningServer, startServer } from "../../plugin/src/server.ts";
import { violationsOf } from "../support/axe.ts";
import { describeInBrowser, startBrowser, visit } from "../support/browser.ts";

describeInBrowser("the page of the first operator", () => {
  let folder: string;
  let browser: Browser;
  let server: RunningServer;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "skills-setup-page-"));
    const settings = defaultSettings(folder);
    server = await startServer({
      ...settings,
      port: 0,
      log: { ...settings.log, level: "fatal", format: "json" },
    });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("takes the code and a new account, says what is wrong, and leads to the operator's page", async () => {
    await using visitor = await visit(browser, server);
    const { page } = visitor;
    await page.goto("/setup");
    expect(await violationsOf(page)).toEqual([]);
    await page.getByLabel("Setup code").fill("0000-0000-0000-0000");
    await page.getByLabel("User name of your new account").fill("otto");
    await page.getByLabel("Password").fill("correct horse battery");
    await page.getByRole("button", { name: "Become the operator" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("This is not the setup code.");
    expect(await page.getByLabel("User name of your new account").inputValue()).toBe("otto");
    expect(await violationsOf(page)).toEqual([]);
    // The console tells of the 403 of the wrong code.
    visitor.problems.splice(0);
    await page.getByLabel("Setup code").fill(server.setupCode ?? "");
    await page.getByLabel("Password").fill("correct horse battery");
    await page.getByRole("button", { name: "Become the operator" }).click();
    await page.waitForURL(`${server.url}/operator`);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Operator");
    expect(await violationsOf(page)).toEqual([]);
    expect(visitor.problems).toEqual([]);
  });
});
