import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { PAGES } from "./addresses.ts";
import { describeInBrowser, logIn, startBrowser, visit, type Visit } from "./browser.ts";
import { PASSWORD } from "./registry.ts";
import { ACME, startWebRegistry, type WebRegistry } from "./web-registry.ts";

/** For a test that looks at every page. */
export const SLOW_MS = 120_000;

/** What the tests of pages share: one registry and one browser for a file. */
export interface Pages {
  registry(): WebRegistry;
  /** Somebody who was never here before, on the page named. */
  open(path: string, options?: BrowserContextOptions): Promise<Visit>;
  /** The same, logged in through the form; as the operator `acme` unless another account is named. */
  openLoggedIn(path: string, options?: BrowserContextOptions & { name?: string }): Promise<Visit>;
  /** One page of every kind, or those named, one after the other; each has to be there. */
  each(look: (page: Page, name: string) => Promise<void>, options?: EachOptions): Promise<void>;
}

interface EachOptions extends BrowserContextOptions {
  names?: readonly string[];
}

export function describePages(name: string, define: (pages: Pages) => void): void {
  describeInBrowser(name, () => {
    let browser: Browser | undefined;
    let registry: WebRegistry | undefined;

    beforeAll(async () => {
      browser = await startBrowser();
      registry = await startWebRegistry();
    });

    afterAll(async () => {
      await browser?.close();
      await registry?.[Symbol.asyncDispose]();
    });

    const now = (): { browser: Browser; registry: WebRegistry } => {
      if (browser === undefined || registry === undefined) throw new Error("nothing is started yet");
      return { browser, registry };
    };
    const open: Pages["open"] = async (path, options) => {
      const opened = await visit(now().browser, now().registry, options);
      await opened.page.goto(path);
      return opened;
    };
    const openLoggedIn: Pages["openLoggedIn"] = async (path, { name = ACME, ...options } = {}) => {
      const opened = await open(`/login?next=${encodeURIComponent(path)}`, options);
      await logIn(opened.page, { name, password: PASSWORD });
      await opened.page.waitForURL(now().registry.url + path);
      return opened;
    };
    const each: Pages["each"] = async (look, { names, ...options } = {}) => {
      await using anybody = await open("/", options);
      await using operator = await openLoggedIn("/account", options);
      for (const { name, path, own } of PAGES.filter(({ name }) => names?.includes(name) ?? true)) {
        const { page } = own ? operator : anybody;
        const answer = await page.goto(path);
        expect(`${name}: ${answer?.status()}`).toBe(`${name}: ${name === "not-found" ? 404 : 200}`);
        await look(page, name);
      }
    };
    define({ registry: () => now().registry, open, openLoggedIn, each });
  });
}
