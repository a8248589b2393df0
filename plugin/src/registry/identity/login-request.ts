import { SkillsError } from "@skills-registry/schema";
import { z } from "zod";
import type { Account } from "../../store/identity.ts";
import type { MetadataReader } from "../../store/metadata.ts";
import { audit } from "../audit.ts";
import { type Caller, requireSession } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { hashSecret } from "../token-secret.ts";
import { issueToken, requireUnlocked, type TokenRequest } from "../tokens.ts";
import { beginFlow, findFlow, takeFlow } from "./flows.ts";
import { endedFlow } from "./refusals.ts";

/**
 * A program asks for a token, and a person allows it in a browser. There are two secrets: that of the page, which travels through
 * terminals, browsers and their histories, and that of the program, which alone gets the token.
 */

const requestSchema = z.object({
  /** Of the program, as the registry saw it. */
  address: z.string(),
  /** What it calls itself, and its machine; made up by it. */
  program: z.string(),
  machine: z.string(),
  /** ISO time. */
  at: z.string(),
});
export type LoginRequest = z.infer<typeof requestSchema>;

/** Under the hash of the program's secret. */
const programFlow = {
  kind: "program",
  data: requestSchema.extend({
    decision: z.enum(["none", "allowed", "denied"]),
    /** Account that allowed it, and the session in which it did. */
    account: z.number().int().nullable(),
    session: z.string().nullable(),
  }),
};

/** Under the hash of the page's secret. */
const pageFlow = {
  kind: "program-page",
  data: z.object({
    /** Hash of the program's secret: enough to decide, and no use for getting the token. */
    program: z.string(),
  }),
};

/** The token that a program gets: for as long as nobody revokes it. */
export const PROGRAM_TOKEN: TokenRequest = {
  kind: "login",
  name: "login",
  readonly: false,
  packages: [],
  cidr: [],
  expiresAt: null,
};

export interface LoginSecrets {
  page: string;
  program: string;
}

export async function beginRequest(
  parts: Pick<Parts, "metadata" | "now">,
  caller: Caller,
  { program, machine }: Pick<LoginRequest, "program" | "machine">,
): Promise<LoginSecrets> {
  const now = parts.now();
  const request = { address: caller.address, program, machine, at: now.toISOString() };
  return await parts.metadata.transaction(async (tx) => {
    const data = { ...request, decision: "none" as const, account: null, session: null };
    const secret = await beginFlow(tx, programFlow, { data, now });
    const page = await beginFlow(tx, pageFlow, { data: { program: hashSecret(secret) }, now });
    return { page, program: secret };
  }, "logins");
}

/** What the page shows. Throws EFORBIDDEN when it was decided already, or has ended. */
export async function findRequest(
  { metadata, now }: Pick<Parts, "metadata" | "now">,
  page: string,
): Promise<LoginRequest> {
  const at = { now: now() };
  const found = await findFlow(metadata, pageFlow, { hash: hashSecret(page), ...at });
  const request =
    found === undefined
      ? undefined
      : await findFlow(metadata, programFlow, { hash: found.data.program, ...at });
  if (request === undefined) throw endedFlow();
  return request.data;
}

/** Allows or denies, once. Throws EFORBIDDEN when it was decided already, or has ended, and for a caller without a session. */
export async function decideRequest(
  parts: Pick<Parts, "metadata" | "now">,
  caller: Caller,
  { page, allow }: { page: string; allow: boolean },
): Promise<void> {
  const { account, session } = requireSession(caller);
  const now = parts.now();
  await parts.metadata.transaction(async (tx) => {
    const hash = (await takeFlow(tx, pageFlow, { secret: page, now }))?.program;
    const flow = hash === undefined ? undefined : await findFlow(tx, programFlow, { hash, now });
    if (hash === undefined || flow === undefined) throw endedFlow();
    const decision = allow ? "allowed" : "denied";
    const decided = allow ? { account: account.id, session: session.id } : {};
    const data = { ...flow.data, decision, ...decided };
    await tx.putLoginFlow({ hash, kind: programFlow.kind, data, expiresAt: flow.expiresAt });
    const { address, program, machine } = flow.data;
    const action = allow ? "cli.approve" : "cli.deny";
    const detail = { program, machine, from: address };
    await audit(tx, caller, { at: now.toISOString(), action, subject: account.name, detail });
  }, "logins");
}

/**
 * The token, once, when somebody has allowed it; it is made now, so that it is stored nowhere. Undefined while nobody has decided.
 * Throws ENOTFOUND for a login that is not there, has ended, or has its token; EFORBIDDEN when it was denied.
 */
export async function collectToken(
  parts: Pick<Parts, "metadata" | "now">,
  caller: Caller,
  secret: string,
): Promise<string | undefined> {
  const now = parts.now();
  const flow = await findFlow(parts.metadata, programFlow, { hash: hashSecret(secret), now });
  if (flow === undefined) throw unknownLogin();
  if (flow.data.decision === "none") return undefined;
  if (flow.data.decision === "denied")
    throw new SkillsError("EFORBIDDEN", "the login was denied in the browser");
  return await parts.metadata.transaction(async (tx) => {
    const taken = await takeFlow(tx, programFlow, { secret, now });
    const account = taken && (await accountThatAllows(tx, taken));
    if (account === undefined) throw unknownLogin();
    requireUnlocked(account);
    const made = await issueToken(tx, { ...caller, account }, { ...PROGRAM_TOKEN, at: now.toISOString() });
    return made.secret;
  }, "logins");
}

/** Undefined when the session has ended since: whoever changes a password, or ends everything, has ended this, too. */
async function accountThatAllows(
  tx: MetadataReader,
  { account: id, session }: { account: number | null; session: string | null },
): Promise<Account | undefined> {
  if (id === null) return undefined;
  const isThere = (await tx.tokens(id)).some((token) => token.id === session);
  return isThere ? await tx.accountById(id) : undefined;
}

/** What a program is told of a login that it cannot go on with. */
export function unknownLogin(): SkillsError {
  return new SkillsError("ENOTFOUND", "this login has ended, or its token was fetched already", {
    hint: "Log in again: nobody allowed it within ten minutes.",
  });
}
