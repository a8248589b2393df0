import { z } from "zod";
import { type Caller, requireSession } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { hashSecret } from "../token-secret.ts";
import { issueToken, type TokenRequest } from "../tokens.ts";
import { accountForLogin, type Proof } from "./accounts-by-identity.ts";
import { beginFlow, type FlowKind, newFlowSecret, takeFlow } from "./flows.ts";
import { linkIdentity } from "./link.ts";
import { type Attempt, endedFlow, recordRefusal, requireProvider } from "./refusals.ts";
import { beginChoice } from "./login-name.ts";

/** Kept under the hash of `state`: the provider hands it to the browser, and the browser to us. */
const providerFlow = {
  kind: "provider",
  data: z.object({
    provider: z.string(),
    nonce: z.string(),
    verifier: z.string(),
    /** Hash of the secret in the cookie of the browser that began. */
    browser: z.string(),
    /** Local path to go on to. */
    next: z.string(),
    /** Account that the identity is to be connected with; null to log in. */
    link: z.number().int().nullable(),
  }),
};
type ProviderFlow = typeof providerFlow extends FlowKind<infer T> ? T : never;

export interface ProviderLogin {
  /** Id of the provider. */
  provider: string;
  /** Where the provider sends the browser back to. */
  redirectUri: string;
  /** Secret in the cookie of the browser. */
  browser: string;
  next: string;
  /** Connects with the caller's account instead of logging in. */
  link: boolean;
}

/** Begins a login; the answer is where the browser goes. Throws ENOTFOUND for an unknown provider, EPROVIDER when it fails. */
export async function beginProviderLogin(
  parts: Parts,
  caller: Caller,
  { provider: id, redirectUri, browser, next, link }: ProviderLogin,
): Promise<URL> {
  const provider = requireProvider(parts, id);
  const checks = { state: newFlowSecret(), nonce: newFlowSecret(), verifier: newFlowSecret() };
  const address = await provider.authorizationUrl(redirectUri, checks);
  const { nonce, verifier } = checks;
  const account = link ? requireSession(caller).account.id : null;
  const data = { provider: id, nonce, verifier, browser: hashSecret(browser), next, link: account };
  await parts.metadata.transaction(
    async (tx) => await beginFlow(tx, providerFlow, { data, now: parts.now(), secret: checks.state }),
    "logins",
  );
  return address;
}

/** What the browser came back with. */
export interface Return {
  /** Id of the provider whose address it came to. */
  provider: string;
  /** The whole address. */
  url: URL;
  /** Secret in its cookie; undefined without one. */
  browser: string | undefined;
  session: TokenRequest;
}

/** `in`: here is the secret of a session. `choose`: the name cannot be taken over; the secret goes on in login-name.ts. */
export type Arrival =
  | { kind: "in"; secret: string; next: string }
  | { kind: "choose"; secret: string }
  | { kind: "linked"; next: string };

/**
 * Ends a login that a provider sends back, exactly once: the flow is gone before anything else is looked at. Throws EFORBIDDEN for a
 * flow that is not there or began in another browser, for a locked account, and for a person who declined or may not come in;
 * EPROVIDER when the provider fails. Every refusal is in the audit log.
 */
export async function finishProviderLogin(parts: Parts, caller: Caller, back: Return): Promise<Arrival> {
  const provider = requireProvider(parts, back.provider);
  const attempt = { provider: provider.id, subject: provider.id };
  const work = async (): Promise<Arrival> => {
    const { state, flow } = await takeProviderFlow(parts, back);
    const proved = await provider.callback(back.url, { state, nonce: flow.nonce, verifier: flow.verifier });
    attempt.subject = proved.login;
    const proof = { provider: provider.id, proved };
    if (flow.link === null) return await enter(parts, caller, { back, flow, proof, attempt });
    await linkIdentity(parts, caller, { ...proof, accountId: flow.link, title: provider.title });
    return { kind: "linked", next: flow.next };
  };
  return await recordRefusal(parts, caller, { attempt, work });
}

async function takeProviderFlow(
  parts: Parts,
  { provider, url, browser }: Return,
): Promise<{ state: string; flow: ProviderFlow }> {
  const state = url.searchParams.get("state") ?? "";
  const flow = await parts.metadata.transaction(
    async (tx) => await takeFlow(tx, providerFlow, { secret: state, now: parts.now() }),
    "logins",
  );
  if (flow === undefined || flow.provider !== provider) throw endedFlow();
  // Else somebody could have others log in as them, and watch what they publish.
  if (browser === undefined || hashSecret(browser) !== flow.browser) throw endedFlow();
  return { state, flow };
}

interface Entry {
  back: Return;
  flow: ProviderFlow;
  proof: Proof;
  attempt: Attempt;
}

async function enter(parts: Parts, caller: Caller, { back, flow, proof, attempt }: Entry): Promise<Arrival> {
  const { next } = flow;
  return await parts.metadata.transaction<Arrival>(async (tx) => {
    const account = await accountForLogin(parts, tx, { ...proof, caller });
    if (account === undefined) {
      return { kind: "choose", secret: await beginChoice(parts, tx, { ...proof, next }) };
    }
    attempt.subject = account.name;
    const at = parts.now().toISOString();
    const { secret } = await issueToken(tx, { ...caller, account }, { ...back.session, at });
    return { kind: "in", secret, next };
  }, "logins");
}
