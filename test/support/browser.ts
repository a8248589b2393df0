import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page, type Request } from "playwright-core";
import { describe } from "vitest";

const EXECUTABLE = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** Chromium on its own asks its maker's servers for all sorts of things; the tests have no network but loopback. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long a page may take for what a test waits for: these machines are shared. */
const PATIENCE_MS = 10_000;

/** Tests that need a browser: left out with one line where there is none, unless SKILLS_REQUIRE_BROWSER is set. */
export function describeInBrowser(name: string, define: () => void): void {
  const isThere = existsSync(EXECUTABLE) || process.env["SKILLS_REQUIRE_BROWSER"] !== undefined;
  if (!isThere) console.warn(`NOT TESTED: ${name}. There is no ${EXECUTABLE}; CHROMIUM_PATH names another.`);
  const group = isThere ? describe : describe.skip;
  group(name, define);
}

export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: EXECUTABLE, args: QUIET });
}

/** Addresses, sizes and complaints of what a browser did with our pages. */
export interface Visit extends AsyncDisposable {
  page: Page;
  /** Errors on the console, violations of the policy, exceptions, dialogs, requests to other hosts. */
  problems: string[];
  /** Bytes of bodies and headers as they came over the wire, since the last time this was called. */
  transferred(): Promise<number>;
}

/** A browser that was never here before: no cookies, no cache, no remembered theme. */
export async function visit(
  browser: Browser,
  registry: { url: string },
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: registry.url,
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const problems: string[] = [];
  const finished: Request[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("dialog", (dialog) => {
    problems.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss().catch(() => undefined);
  });
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    const isOurs = origin === registry.url || protocol === "data:";
    if (!isOurs) problems.push(`a request to ${request.url()}`);
  });
  page.on("requestfinished", (request) => finished.push(request));
  return {
    page,
    problems,
    async transferred() {
      const sizes = await Promise.all(finished.splice(0).map(async (request) => await request.sizes()));
      return sizes.reduce((sum, size) => sum + size.responseBodySize + size.responseHeadersSize, 0);
    },
    [Symbol.asyncDispose]: async () => await context.close(),
  };
}

/** Opens what is folded, so that it is looked at too. */
export async function unfold(page: Page): Promise<void> {
  await page.evaluate("for (const details of document.querySelectorAll('main details')) details.open = true");
}

/** Fills in the form that the page shows or is led to. */
export async function logIn(
  page: Page,
  { name, password }: { name: string; password: string },
): Promise<void> {
  await page.getByLabel("User name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Log in" }).click();
}
