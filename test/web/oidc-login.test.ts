import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ProviderConfig } from "../../plugin/src/config.ts";
import { describeInBrowser, startBrowser, visit } from "../support/browser.ts";
import {
  enterLogin,
  startIdentityProvider,
  type TestIdentityProvider,
} from "../support/identity-provider.ts";
import { type LoginRegistry, startLoginRegistry } from "../support/login-registry.ts";
import { startNpmLogin } from "../support/npm-login.ts";
import { npmUser } from "../support/npm.ts";

const ADA = { subject: "s-1", login: "ada", email: "ada@example.com", groups: ["engineering"] };

describeInBrowser("a login at an OpenID Connect provider, in a browser", () => {
  let browser: Browser;
  let idp: TestIdentityProvider;
  let at: LoginRegistry;

  beforeAll(async () => {
    browser = await startBrowser();
    idp = await startIdentityProvider({ people: [ADA] });
    at = await startLoginRegistry({ providers: [configOf(idp)] });
    await idp.direct({ redirectUris: [`${at.registry.url}/login/company/callback`] });
  });
  afterAll(async () => {
    await browser.close();
    await at[Symbol.asyncDispose]();
    await idp[Symbol.asyncDispose]();
  });

  it("gives npm its token, and the registry a grant that it keeps sealed", async () => {
    await using user = await npmUser(at.registry);
    const npm = await startNpmLogin(user, ["login"]);
    await using visited = await visit(browser, at.registry);
    const { page } = visited;
    await page.goto(npm.address.href);
    await page.getByRole("link", { name: "Log in with Example company" }).click();
    await enterLogin(page, "ada");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("You may close this window").waitFor();
    expect(await npm.ended).toBe(0);
    expect((await user.npm(["whoami"])).stdout.trim()).toBe("ada");
    const account = await at.metadata.account("ada");
    const [identity] = await at.metadata.identities(account?.id ?? 0);
    expect(identity).toMatchObject({ provider: "company", subject: "s-1", groups: [{ id: "engineering" }] });
    expect(identity?.grant).toMatch(/^[\w-]{40,}$/);
  });

  it("that is declined there ends on a page that says so", async () => {
    await using visited = await visit(browser, at.registry);
    const { page } = visited;
    await page.goto("/login");
    await page.getByRole("link", { name: "Log in with Example company" }).click();
    await page.getByRole("button", { name: "Decline" }).click();
    await page.getByText("the login at Example company was declined").waitFor();
    expect(new URL(page.url()).origin).toBe(at.registry.url);
  });
});

function configOf({ issuer, clientId, clientSecret }: TestIdentityProvider): ProviderConfig {
  return {
    type: "oidc",
    id: "company",
    title: "Example company",
    issuer,
    clientId,
    clientSecret,
    scopes: ["openid", "profile", "email", "offline_access"],
    prompt: "consent",
    claims: { login: "preferred_username", groups: "groups" },
    groups: [],
  };
}
