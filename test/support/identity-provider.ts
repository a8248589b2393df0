import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Page } from "playwright-core";
import { browse } from "./browse.ts";
import type { Faults } from "./provider-faults.ts";

const PROCESS = path.join(import.meta.dirname, "identity-provider-process.ts");

export interface Person {
  /** The claim `sub`. */
  subject: string;
  /** The claim `preferred_username`; what is typed at the login page. */
  login: string;
  email: string;
  groups: string[];
}

export interface ProviderOptions {
  clientId?: string;
  clientSecret?: string;
  /** Where it sends browsers back to; `direct` changes them, for a registry that starts later. */
  redirectUris?: string[];
  people: Person[];
  /** Login and groups in the ID token; otherwise only userinfo tells them. */
  claimsInIdToken?: boolean;
  /** Offers the device flow. */
  device?: boolean;
}

/** What can be changed while it runs; faults by path: `/token`, `/me`, `/jwks`, `/.well-known/openid-configuration`. */
export interface Directions {
  people: Person[];
  redirectUris: string[];
  faults: Faults;
}

export type Command =
  | { type: "direct"; directions: Directions }
  | { type: "revoke"; subject: string }
  | { type: "rotate" | "down" | "up" };

export interface TestIdentityProvider extends AsyncDisposable {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Replaces what is named. */
  direct(change: Partial<Directions>): Promise<void>;
  /** Ends everything that a person's logins gave: refresh tokens, access tokens, sessions. */
  revoke(subject: string): Promise<void>;
  /** Signs with another key from here on; the old one is gone. */
  rotateKeys(): Promise<void>;
  /** Nobody listens any more. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Does what a browser does that is sent to `authorization`: logs in and returns where it is sent back to. */
  logIn(authorization: URL, login: string): Promise<URL>;
  /** The same, for somebody who declines. */
  decline(authorization: URL): Promise<URL>;
  /** Approves a device login; `verification` holds the user code. */
  approveDevice(verification: URL, login: string): Promise<void>;
}

/** Starts `oidc-provider` on a free port of loopback, in a process of its own. */
export async function startIdentityProvider(options: ProviderOptions): Promise<TestIdentityProvider> {
  const settings = {
    clientId: "skills",
    clientSecret: "a secret of the identity provider",
    redirectUris: [],
    claimsInIdToken: false,
    device: true,
    ...options,
  };
  const child = fork(PROCESS, [JSON.stringify(settings)], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const gone = once(child, "exit");
  const [{ issuer }] = (await Promise.race([once(child, "message"), gone])) as [{ issuer: string }];
  let queue: Promise<unknown> = Promise.resolve();
  const tell = async (command: Command): Promise<void> => {
    queue = queue.then(async () => {
      child.send(command);
      await once(child, "message");
    });
    await queue;
  };
  const { people, redirectUris } = settings;
  const directions: Directions = { people, redirectUris, faults: {} };
  return {
    issuer,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    direct: async (change) => {
      Object.assign(directions, change);
      await tell({ type: "direct", directions });
    },
    revoke: async (subject) => await tell({ type: "revoke", subject }),
    rotateKeys: async () => await tell({ type: "rotate" }),
    down: async () => await tell({ type: "down" }),
    up: async () => await tell({ type: "up" }),
    logIn: async (authorization, login) => await leave(authorization, { login }),
    decline: async (authorization) => await leave(authorization, { decline: "1" }),
    approveDevice: async (verification, login) => await approve(verification, login),
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await gone;
    },
  };
}

/** Types a name into the provider's login page, in a real browser. */
export async function enterLogin(page: Page, login: string): Promise<void> {
  await page.getByLabel("Login").fill(login);
  await page.getByRole("button", { name: "Log in" }).click();
}

/** Goes on until the provider sends the browser away; an error of the provider is thrown. */
async function leave(authorization: URL, form: Record<string, string>): Promise<URL> {
  const browser = browse();
  const page = await browser.open(authorization);
  if (page.left !== undefined) return page.left;
  if (!page.url.pathname.startsWith("/interaction/")) throw new Error(`no login page: ${page.text}`);
  const { left, text } = await browser.open(page.url, form);
  if (left === undefined) throw new Error(`still at the provider: ${text}`);
  return left;
}

async function approve(verification: URL, login: string): Promise<void> {
  const browser = browse();
  // Two forms made for a script that submits them: one to read the code from the address, one to confirm it.
  let page = await browser.open(verification);
  const fields = (text: string): Record<string, string> =>
    Object.fromEntries(
      [...text.matchAll(/name="(xsrf|user_code)" value="([^"]*)"/g)].map((found) => [found[1], found[2]]),
    );
  page = await browser.open(new URL("/device", verification), fields(page.text));
  page = await browser.open(new URL("/device", verification), { ...fields(page.text), confirm: "yes" });
  page = await browser.open(page.url, { login });
  if (page.text.includes("error")) throw new Error(`the device was not approved: ${page.text}`);
}
