import type { ProviderConfig } from "../../plugin/src/config.ts";
import { openStores } from "../../plugin/src/open-stores.ts";
import type { AuditRecord, Metadata } from "../../plugin/src/store/metadata.ts";
import { freePort } from "./free-port.ts";
import { type FakeGitHub, type GitHubUser, startFakeGitHub } from "./fake-github.ts";
import type { TestIdentityProvider } from "./identity-provider.ts";
import { startRegistry, type TestRegistry } from "./registry.ts";

export interface LoginRegistry extends AsyncDisposable {
  registry: TestRegistry;
  github: FakeGitHub;
  metadata: Metadata;
  /** Somebody with a browser that was never here before. */
  person(): Person;
  /** What was recorded, newest first. */
  audit(): Promise<AuditRecord[]>;
}

/** A registry where people log in with names and passwords, at a fake GitHub, and at the providers named. */
export async function startLoginRegistry(
  options: { users?: GitHubUser[]; providers?: ProviderConfig[]; publicHost?: string } = {},
): Promise<LoginRegistry> {
  const github = await startFakeGitHub({ users: options.users ?? [] });
  const { url, clientId, clientSecret } = github.state;
  const port = options.publicHost === undefined ? 0 : await freePort();
  const opened: Metadata[] = [];
  const registry = await startRegistry({
    settings: (settings) => ({
      ...settings,
      port,
      registry: {
        ...settings.registry,
        publicUrl: options.publicHost === undefined ? null : `http://${options.publicHost}:${port}`,
        // Has no account.
        operators: ["boss"],
        providers: [
          { type: "local" },
          { type: "github", id: "github", title: "GitHub", url, clientId, clientSecret, organizations: [] },
          ...(options.providers ?? []),
        ],
      },
    }),
    stores: async (settings) => {
      const stores = await openStores(settings.registry);
      opened.push(stores.metadata);
      return stores;
    },
  });
  const [metadata] = opened;
  if (metadata === undefined) throw new Error("the registry opened no store");
  github.state.redirectUris = [`${registry.url}/login/github/callback`];
  return {
    registry,
    github,
    metadata,
    person: () => person(registry.url),
    audit: async () => await metadata.audit({ namespace: null, before: null, limit: 100 }),
    [Symbol.asyncDispose]: async () => {
      await registry[Symbol.asyncDispose]();
      await github[Symbol.asyncDispose]();
    },
  };
}

/** Settings of a provider `company`, which a test has started. */
export function oidcSettings({ issuer, clientId, clientSecret }: TestIdentityProvider): ProviderConfig {
  return {
    type: "oidc",
    id: "company",
    title: "Example Company",
    issuer,
    clientId,
    clientSecret,
    scopes: ["openid", "profile", "email"],
    claims: { login: "preferred_username", groups: "groups" },
    groups: [],
  };
}

/** A user of GitHub without organizations. */
export function gitHubUser(id: number, login: string): GitHubUser {
  return { id, login, email: null, organizations: [], teams: [] };
}

export interface Page {
  status: number;
  /** Where a redirect leads, whole; undefined when there is none. */
  location: URL | undefined;
  headers: Headers;
  text: string;
}

/** A browser: it keeps cookies, sends forms as from pages of the registry, and follows redirects only when it is told to. */
export interface Person {
  cookies: Map<string, string>;
  get(address: string | URL, headers?: Record<string, string>): Promise<Page>;
  post(address: string, fields: Record<string, string>): Promise<Page>;
}

function person(registry: string): Person {
  const cookies = new Map<string, string>();
  const send = async (address: string | URL, init: RequestInit): Promise<Page> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { accept: "text/html", cookie, ...Object(init.headers) };
    const answer = await fetch(new URL(address, registry), { ...init, headers, redirect: "manual" });
    for (const text of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    return {
      status: answer.status,
      location: location === null ? undefined : new URL(location, registry),
      headers: answer.headers,
      text: await answer.text(),
    };
  };
  return {
    cookies,
    get: async (address, headers = {}) => await send(address, { headers }),
    post: async (address, fields) =>
      await send(address, {
        method: "POST",
        body: new URLSearchParams(fields).toString(),
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          origin: registry,
          "sec-fetch-site": "same-origin",
        },
      }),
  };
}
