import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violationsOf } from "../support/axe.ts";
import { describeInBrowser, logIn, startBrowser, unfold, type Visit, visit } from "../support/browser.ts";
import { authorizeAt } from "../support/fake-github.ts";
import {
  enterLogin,
  startIdentityProvider,
  type TestIdentityProvider,
} from "../support/identity-provider.ts";
import {
  gitHubUser,
  type LoginRegistry,
  oidcSettings,
  startLoginRegistry,
} from "../support/login-registry.ts";
import { npmUser } from "../support/npm.ts";
import { startNpmLogin } from "../support/npm-login.ts";
import { PASSWORD } from "../support/registry.ts";

const NO_SCRIPT = { javaScriptEnabled: false };
const PHONE = { viewport: { width: 360, height: 740 } };
const WIDTH = "document.documentElement.scrollWidth";

describeInBrowser("a login in a browser", () => {
  let browser: Browser;
  let company: TestIdentityProvider;
  let at: LoginRegistry;

  beforeAll(async () => {
    browser = await startBrowser();
    const people = [{ subject: "1-grace", login: "grace", email: "grace@example.com", groups: [] }];
    company = await startIdentityProvider({ redirectUris: ["http://127.0.0.1/none-yet"], people });
    at = await startLoginRegistry({
      providers: [oidcSettings(company)],
      users: [gitHubUser(1, "Octo-Cat"), gitHubUser(2, "octo_acme"), gitHubUser(3, "second-login")],
    });
    await at.registry.account("ada");
    await company.direct({ redirectUris: [`${at.registry.url}/login/company/callback`] });
  });
  afterAll(async () => {
    await browser.close();
    await at[Symbol.asyncDispose]();
    await company[Symbol.asyncDispose]();
  });

  const come = async (options?: BrowserContextOptions): Promise<Visit> =>
    await visit(browser, at.registry, options);
  const viaGitHub = async (page: Page, login: string): Promise<void> => {
    await page.getByRole("link", { name: "Log in with GitHub" }).click();
    await authorizeAt(page, login);
  };
  /** GitHub is another host, and is allowed to be one here. It has no picture for the tab. */
  const complaints = ({ problems }: Visit): string[] =>
    problems.filter(
      (problem) => !problem.startsWith(`a request to ${at.github.url}`) && !/status of 401/.test(problem),
    );

  it("by GitHub gives npm its token", async () => {
    await using user = await npmUser(at.registry);
    const npm = await startNpmLogin(user, ["login"]);
    await using visited = await come();
    const { page } = visited;
    await page.goto(npm.address.href);
    await viaGitHub(page, "Octo-Cat");
    await page.getByRole("heading", { name: "Allow a login?" }).waitFor();
    expect(await page.locator(".request").textContent()).toContain("127.0.0.1");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("You may close this window").waitFor();
    expect(await npm.ended).toBe(0);
    expect((await user.npm(["whoami"])).stdout.trim()).toBe("octo-cat");
    expect(complaints(visited)).toStrictEqual([]);
  });

  it("by the provider of a company gives npm its token", async () => {
    await using user = await npmUser(at.registry);
    const npm = await startNpmLogin(user, ["login"]);
    await using visited = await come();
    const { page } = visited;
    await page.goto(npm.address.href);
    await page.getByRole("link", { name: "Log in with Example Company" }).click();
    await enterLogin(page, "grace");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("You may close this window").waitFor();
    expect(await npm.ended).toBe(0);
    expect((await user.npm(["whoami"])).stdout.trim()).toBe("grace");
  });

  it("makes an account with a password on the way to npm's token, without script", async () => {
    await using user = await npmUser(at.registry);
    const npm = await startNpmLogin(user, ["adduser"]);
    await using visited = await come(NO_SCRIPT);
    const { page } = visited;
    await page.goto(npm.address.href);
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByLabel("User name").fill("newcomer");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.waitForURL(npm.address.href);
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("You may close this window").waitFor();
    expect(await npm.ended).toBe(0);
    expect((await user.npm(["whoami"])).stdout.trim()).toBe("newcomer");
  });

  it("says what is wrong with a new account, and keeps what was typed", async () => {
    await using visited = await come();
    const { page } = visited;
    await page.goto("/register");
    await page.getByLabel("User name").fill("ada");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create the account" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("taken");
    expect(await page.getByLabel("User name").inputValue()).toBe("ada");
    expect(await page.getByLabel("Password").inputValue()).toBe("");
  });

  it("lets somebody whose login is no name choose one", async () => {
    await using visited = await come(NO_SCRIPT);
    const { page } = visited;
    await page.goto("/login?next=%2Fsearch");
    await viaGitHub(page, "octo_acme");
    await page.waitForURL("**/choose-name");
    const name = page.getByLabel("Name of your account");
    expect(await name.inputValue()).toBe("octo-acme--");
    await name.fill("torvalds");
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.getByRole("alert").waitFor();
    await name.fill("octo-acme--work");
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.waitForURL("**/search");
    expect(await page.getByRole("link", { name: "octo-acme--work" }).count()).toBe(1);
  });

  it("is connected with an account, and disconnected", async () => {
    await using visited = await come(NO_SCRIPT);
    const { page } = visited;
    await page.goto("/login");
    await logIn(page, { name: "ada", password: PASSWORD });
    await page.waitForURL("**/account");
    await page.getByText("Connect a login of GitHub").click();
    const form = page.locator("details").filter({ hasText: "GitHub" });
    await form.getByLabel("Your password here").fill(PASSWORD);
    await page.getByRole("button", { name: "Go to GitHub" }).click();
    await authorizeAt(page, "second-login");
    await page.waitForURL("**/account#identities");
    await page.getByRole("button", { name: "Disconnect second-login" }).click();
    await page.getByRole("button", { name: "Disconnect second-login" }).waitFor({ state: "detached" });
    expect(complaints(visited)).toStrictEqual([]);
  });

  it("shows pages that everybody can read, at 360 pixels, too", async () => {
    await using visited = await come(PHONE);
    const { page } = visited;
    const found: Record<string, unknown> = {};
    const look = async (name: string): Promise<void> => {
      await unfold(page);
      found[name] = [await page.evaluate(WIDTH), ...(await violationsOf(page))];
    };
    await page.goto("/login");
    await look("login");
    await page.goto("/login/github/callback?state=x&code=y");
    await look("failure");
    const pageOf = async (): Promise<string> => {
      const answer = await at.registry.fetch("/-/v1/login", {
        method: "POST",
        body: JSON.stringify({ hostname: "a-machine-with-a-name-that-goes-on-for-ever.example.com" }),
      });
      const { loginUrl } = (await answer.json()) as { loginUrl: string };
      return loginUrl;
    };
    await page.goto(await pageOf());
    await logIn(page, { name: "ada", password: PASSWORD });
    await page.getByRole("button", { name: "Deny" }).waitFor();
    await look("request");
    await page.getByRole("button", { name: "Deny" }).click();
    await page.getByText("You may close this window").waitFor();
    await look("denied");
    await page.goto("/account");
    await look("account");
    expect(found).toStrictEqual(
      Object.fromEntries(["login", "failure", "request", "denied", "account"].map((name) => [name, [360]])),
    );
  });
});
