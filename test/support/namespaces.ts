import type { Config, ProviderConfig } from "../../plugin/src/config.ts";
import { membersAnswer } from "../../schema/src/index.ts";
import { jsonOf } from "./json.ts";
import { type OpenedRegistry, startOpenedRegistry } from "./opened-registry.ts";
import { publishBody } from "./publish-body.ts";

export interface Answered {
  status: number;
  body: { code?: string; detail?: string; [field: string]: unknown };
}

/** Method, address below /api/namespaces, body. */
export type Asked = [method: string, path: string, body?: unknown];

/** Nothing is asked of it: what it told is minutes old at most. */
export const GITHUB: ProviderConfig = {
  type: "github",
  id: "github",
  title: "GitHub",
  url: "http://127.0.0.1:9",
  clientId: "client",
  clientSecret: "secret",
  organizations: [],
};

export const OKTA: ProviderConfig = {
  type: "oidc",
  id: "okta",
  title: "Okta",
  issuer: "http://127.0.0.1:9",
  clientId: "client",
  scopes: ["openid"],
  claims: { login: "preferred_username", groups: "groups" },
  groups: [],
};

/** A registry for namespaces, and what tests ask of it. */
export interface NamespaceRegistry extends OpenedRegistry {
  /** A request of the REST API below /api/namespaces. */
  ask(token: string | undefined, asked: Asked): Promise<Answered>;
  create(token: string, name: string): Promise<Answered>;
  /** Role by account, as the REST API shows it to somebody. */
  membersOf(token: string, name: string): Promise<Record<string, string>>;
  /** Status of a publish of a small skill. */
  publish(token: string, name: string, version?: string): Promise<number>;
  /** What the audit log says last, newest first. */
  lastEntries(limit: number): Promise<unknown[]>;
}

export async function startNamespaces(changes: Partial<Config> = {}): Promise<NamespaceRegistry> {
  const registry = await startOpenedRegistry({
    settings: (settings) => ({
      ...settings,
      registry: { ...settings.registry, requestsPerMinute: 1_000_000, ...changes },
    }),
  });
  const ask: NamespaceRegistry["ask"] = async (token, [method, path, body]) => {
    const answer = await registry.fetch(`/api/namespaces${path}`, {
      method,
      ...(token === undefined ? {} : { token }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await jsonOf(answer) };
  };
  return {
    ...registry,
    ask,
    create: async (token, name) => await ask(token, ["POST", "", { name }]),
    membersOf: async (token, name) => {
      const { body } = await ask(token, ["GET", `/${name}/members`]);
      const { members } = membersAnswer.parse(body);
      return Object.fromEntries(members.map(({ account, role }) => [account, role]));
    },
    publish: async (token, name, version = "1.0.0") => {
      const body = JSON.stringify(publishBody({ name, version }));
      return (await registry.fetch(`/${name.replace("/", "%2f")}`, { method: "PUT", token, body })).status;
    },
    lastEntries: async (limit) => {
      const entries = await registry.metadata.audit({ namespace: null, before: null, limit });
      return entries.map(({ account, action, subject, namespace, detail }) => ({
        account,
        action,
        subject,
        namespace,
        detail,
      }));
    },
  };
}
