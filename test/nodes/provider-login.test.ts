import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultSettings } from "../../plugin/src/config-file.ts";
import type { GitHubConfig } from "../../plugin/src/config.ts";
import { openRegistry } from "../../plugin/src/open.ts";
import type { Caller } from "../../plugin/src/registry/caller.ts";
import { chooseName, findChoice } from "../../plugin/src/registry/identity/login-name.ts";
import {
  type Arrival,
  beginProviderLogin,
  finishProviderLogin,
} from "../../plugin/src/registry/identity/login-provider.ts";
import type { Parts } from "../../plugin/src/registry/parts.ts";
import { findToken, type TokenRequest } from "../../plugin/src/registry/tokens.ts";
import { type FakeGitHub, startFakeGitHub } from "../support/fake-github.ts";
import { refusalOf } from "../support/login-checks.ts";
import { gitHubUser } from "../support/login-registry.ts";
import { makeDatabase, postgresSettings } from "../support/postgres-databases.ts";

const ANYBODY: Caller = { account: null, token: null, operator: false, address: "10.0.0.1", local: false };
const REDIRECT_URI = "http://registry.example.com/login/github/callback";
const SESSION: TokenRequest = {
  kind: "session",
  name: null,
  readonly: false,
  packages: [],
  cidr: [],
  expiresAt: null,
};

describe("a login at a provider that begins on one node and ends on another", () => {
  const stack = new AsyncDisposableStack();
  let github: FakeGitHub;
  let a: Parts;
  let b: Parts;

  beforeAll(async () => {
    github = stack.use(await startFakeGitHub({ users: [gitHubUser(1, "Octo-Cat"), gitHubUser(2, "admin")] }));
    github.state.redirectUris = [REDIRECT_URI];
    const folder = await mkdtemp(path.join(os.tmpdir(), "skills-logins-"));
    stack.defer(async () => await rm(folder, { recursive: true, force: true }));
    const database = stack.use(await makeDatabase());
    a = await openNode(folder, database.url);
    b = await openNode(folder, database.url);
  });
  afterAll(async () => await stack.disposeAsync());

  async function openNode(folder: string, url: string): Promise<Parts> {
    const { registry: base } = defaultSettings(folder);
    const { url: address, clientId, clientSecret } = github.state;
    const own = { url: address, clientId, clientSecret };
    const gitHub: GitHubConfig = { type: "github", id: "github", title: "GitHub", organizations: [], ...own };
    const registry = await openRegistry({
      ...base,
      metadata: postgresSettings(url),
      secretFile: path.join(folder, "secret.key"),
      providers: [gitHub],
    });
    stack.defer(async () => await registry.close());
    return registry.services.parts;
  }

  async function begin(at: Parts, login: string): Promise<URL> {
    const wish = { provider: "github", redirectUri: REDIRECT_URI, browser: "cookie", next: "/", link: false };
    return await github.logIn(await beginProviderLogin(at, ANYBODY, wish), login);
  }

  async function finish(at: Parts, url: URL): Promise<Arrival> {
    return await finishProviderLogin(at, ANYBODY, {
      provider: "github",
      url,
      browser: "cookie",
      session: SESSION,
    });
  }

  it("makes a session that both know, once", async () => {
    const back = await begin(a, "Octo-Cat");
    const arrived = await finish(b, back);
    if (arrived.kind !== "in") throw new Error(arrived.kind);
    for (const node of [a, b]) {
      expect((await findToken(node, arrived.secret))?.account?.name).toBe("octo-cat");
    }
    expect(await refusalOf(finish(a, back))).toContain("EFORBIDDEN: this login has ended");
  });

  it("lets its person choose a name on either, whichever has sealed the proof", async () => {
    const arrived = await finish(b, await begin(a, "admin"));
    if (arrived.kind !== "choose") throw new Error(arrived.kind);
    expect(await findChoice(a, arrived.secret)).toMatchObject({ login: "admin", prefix: "admin--" });
    const chosen = await chooseName(a, ANYBODY, {
      secret: arrived.secret,
      name: "admin--1",
      session: SESSION,
    });
    expect((await findToken(b, chosen.secret))?.account?.name).toBe("admin--1");
    expect(await b.metadata.identity("github", "2")).toMatchObject({ login: "admin" });
  });
});
