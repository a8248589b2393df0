import { expect } from "vitest";
import { openStores } from "../../plugin/src/open-stores.ts";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { type CiIssuer, startCiIssuer, trustingGithub } from "./ci-issuer.ts";
import { jsonOf } from "./json.ts";
import { publishBody } from "./publish-body.ts";
import { startRegistry, type TestRegistry } from "./registry.ts";

export interface TrustedRegistry extends AsyncDisposable {
  registry: TestRegistry;
  metadata: Metadata;
  issuer: CiIssuer;
  /** Token of the account that owns @acme. */
  owner: string;
  /** Trusts the workflow publish.yml of the repository 424242 with a skill of @acme; returns the id. */
  trust(skill: string, wish?: Record<string, unknown>): Promise<string>;
  exchange(idToken: string, skill?: string): Promise<Response>;
  /** The token that a run with these claims gets for a skill. */
  tokenFor(run: Record<string, unknown>, skill?: string): Promise<string>;
  publish(token: string, name: string, version: string): Promise<Response>;
  /** Expects a refusal with this reason, and that it was recorded; returns the reason. */
  refused(answer: Response, reason: RegExp): Promise<string>;
}

/** A registry that trusts a workflow with @acme/x. */
export async function startTrustedRegistry(): Promise<TrustedRegistry> {
  const issuer = await startCiIssuer();
  const opened: Metadata[] = [];
  const registry = await startRegistry({
    settings: trustingGithub(issuer.issuer),
    stores: async (settings) => {
      const stores = await openStores(settings.registry);
      opened.push(stores.metadata);
      return stores;
    },
  });
  const [metadata] = opened;
  if (metadata === undefined) throw new Error("the registry opened no store");
  const owner = await registry.account("acme");
  const trusted: TrustedRegistry = {
    registry,
    metadata,
    issuer,
    owner,
    trust: async (skill, wish = {}) => await trustWorkflow(trusted, skill, wish),
    exchange: async (idToken, skill = "@acme/x") => {
      const path = `/-/npm/v1/oidc/token/exchange/package/${skill.replace("/", "%2f")}`;
      return await registry.fetch(path, { method: "POST", token: idToken });
    },
    tokenFor: async (run, skill = "@acme/x") => {
      const answer = await trusted.exchange(await issuer.idToken(run), skill);
      expect(answer.status, await answer.clone().text()).toBe(201);
      return (await jsonOf<{ token: string }>(answer)).token;
    },
    publish: async (token, name, version) => {
      const body = JSON.stringify(publishBody({ name, version }));
      return await registry.fetch(`/${name.replace("/", "%2f")}`, { method: "PUT", token, body });
    },
    refused: async (answer, reason) => await expectRefusal(metadata, answer, reason),
    [Symbol.asyncDispose]: async () => {
      await registry[Symbol.asyncDispose]();
      await issuer[Symbol.asyncDispose]();
    },
  };
  await trusted.trust("@acme/x");
  return trusted;
}

async function trustWorkflow(
  { registry, owner }: TrustedRegistry,
  skill: string,
  wish: Record<string, unknown>,
): Promise<string> {
  const known = {
    issuer: "github",
    repositoryId: "424242",
    repository: "acme/skills",
    workflow: "publish.yml",
  };
  const body = JSON.stringify({ ...known, ...wish });
  const path = `/api/skills/${skill.slice(1)}/trust`;
  const answer = await registry.fetch(path, { method: "POST", token: owner, body });
  expect(answer.status, await answer.clone().text()).toBe(201);
  return (await jsonOf<{ id: string }>(answer)).id;
}

async function expectRefusal(metadata: Metadata, answer: Response, reason: RegExp): Promise<string> {
  const text = await answer.text();
  expect(answer.status, text).toBe(401);
  const { code, detail } = JSON.parse(text) as { code: string; detail: string };
  expect(code).toBe("ENEEDAUTH");
  expect(detail).toMatch(reason);
  const [last] = await metadata.audit({ namespace: "acme", before: null, limit: 1 });
  expect(last).toMatchObject({ action: "exchange.refused", detail: { code, reason: detail } });
  return detail;
}
