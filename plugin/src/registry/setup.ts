import { timingSafeEqual } from "node:crypto";
import { SkillsError } from "@skills-registry/schema";
import { z } from "zod";
import type { Account } from "../store/identity.ts";
import type { MetadataReader, MetadataWriter } from "../store/metadata.ts";
import { audit } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { claimName } from "./names/claim.ts";
import { networkOf } from "./network.ts";
import type { Parts } from "./parts.ts";
import { requireGoodPassword } from "./password-rules.ts";
import { newReadableSecret, normalReadableSecret } from "./readable-secret.ts";
import { mayRecordRefusal, throttle } from "./throttle.ts";
import { hashSecret } from "./token-secret.ts";

/** The first operator: whoever reads what the registry prints at its start runs it. */

/** 80 bits: no guessing. */
const CODE_GROUPS = 4;

const KIND = "setup";
/** There is one at a time, so that it is found by this and not by its secret. */
const PLACE = hashSecret(KIND);
/** It ends by being used, or by an operator that came otherwise. */
const NEVER = "9999-12-31T23:59:59.999Z";
/** Nodes that are started together print a code each, and any of them is good at any of the nodes. */
const TOGETHER_MS = 10 * 60_000;

const flowData = z.object({
  codes: z.array(
    z.object({
      hash: z.string(),
      /** ISO time. */
      madeAt: z.string(),
    }),
  ),
});
type Code = z.infer<typeof flowData>["codes"][number];

/**
 * A fresh one-time code, which ends those before, but for those that other nodes have just printed; null where there is an operator.
 * Shown once and stored nowhere.
 */
export async function openSetup({
  metadata,
  config,
  nodes,
  now,
}: Pick<Parts, "metadata" | "config" | "nodes" | "now">): Promise<string | null> {
  if (await hasOperator(metadata, config)) return null;
  const code = newReadableSecret(CODE_GROUPS);
  const at = now().getTime();
  const since = new Date(at - TOGETHER_MS).toISOString();
  await metadata.transaction(async (tx) => {
    const others = nodes.shared ? await codesOf(tx) : [];
    const made = { hash: hashSecret(code), madeAt: new Date(at).toISOString() };
    const data = { codes: [...others.filter(({ madeAt }) => madeAt >= since), made] };
    await tx.putLoginFlow({ hash: PLACE, kind: KIND, data, expiresAt: NEVER });
  });
  return code;
}

/** Whether somebody can still become the first operator by the code. */
export async function isSetupOpen({
  metadata,
  config,
}: Pick<Parts, "metadata" | "config">): Promise<boolean> {
  return !(await hasOperator(metadata, config)) && (await codesOf(metadata)).length > 0;
}

/** Where there is no account yet: one with these is made. */
export interface FirstAccount {
  name: string;
  password: string;
}

/**
 * Makes the caller's account the first operator, or a new one. Works once. Throws ENOTFOUND when there is an operator, EFORBIDDEN
 * for a wrong code, ETOOMANY after too many of them, and what making the account throws.
 */
export async function setUp(
  parts: Parts,
  caller: Caller,
  { code, account }: { code: string; account: FirstAccount | undefined },
): Promise<Account> {
  await requireCode(parts, caller, code);
  const passwordHash = account && (await newPassword(parts, account));
  return await parts.metadata.transaction(async (tx) => {
    // Asked again: somebody else with the code may have been faster.
    if (await hasOperator(tx, parts.config)) throw closed();
    if ((await codesOf(tx)).length === 0) throw closed();
    const at = parts.now().toISOString();
    const operator =
      account === undefined || passwordHash === undefined
        ? requireKnown(caller)
        : await insertFirst(tx, { parts, caller, name: account.name, passwordHash, at });
    await tx.setOperator(operator.id, true);
    await tx.deleteLoginFlow(PLACE);
    await audit(
      tx,
      { ...caller, account: operator },
      { at, action: "setup", subject: operator.name, detail: {} },
    );
    return operator;
  });
}

async function requireCode(parts: Parts, caller: Caller, code: string): Promise<void> {
  const expected = await codesOf(parts.metadata);
  if (expected.length === 0 || (await hasOperator(parts.metadata, parts.config))) throw closed();
  const network = networkOf(caller.address);
  const right = await throttle(
    parts.attempts,
    { account: `(setup) ${network}`, address: network },
    async () => expected.some((one) => isCode(one, code)),
  );
  if (right) return;
  await recordRefusal(parts, caller);
  throw new SkillsError("EFORBIDDEN", "this is not the setup code", {
    hint: "The registry prints it when it starts; each start has another one.",
  });
}

function isCode({ hash }: Code, typed: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(normalReadableSecret(typed))), Buffer.from(hash));
}

async function recordRefusal(parts: Parts, caller: Caller): Promise<void> {
  if (!(await mayRecordRefusal(parts.attempts, `${KIND} ${networkOf(caller.address)}`))) return;
  await parts.metadata.transaction(async (tx) => {
    const at = parts.now().toISOString();
    await audit(tx, caller, { at, action: "setup.refused", subject: KIND, detail: { reason: "wrong code" } });
  }, "log");
}

async function newPassword(parts: Parts, { name, password }: FirstAccount): Promise<string> {
  if (!parts.config.providers.some(({ type }) => type === "local")) {
    throw new SkillsError("EFORBIDDEN", "nobody logs in by password here", {
      hint: "Log in first, then come back.",
    });
  }
  await claimName(parts.metadata, { name, config: parts.config, caller: GIVER });
  requireGoodPassword(password, name);
  return await parts.passwords.hash(password);
}

/** Whoever has the code may give away any name. */
const GIVER: Caller = { account: null, token: null, operator: true, address: "", local: false };

async function insertFirst(
  tx: MetadataWriter,
  made: { parts: Parts; caller: Caller; name: string; passwordHash: string; at: string },
): Promise<Account> {
  const { parts, caller, name, passwordHash, at } = made;
  const skeleton = await claimName(tx, { name, config: parts.config, caller: GIVER });
  const account = await tx.insertAccount(
    { name, email: null, passwordHash, operator: true, lockedAt: null, createdAt: at },
    skeleton,
  );
  await audit(tx, { ...caller, account }, { at, action: "register", subject: name, detail: {} });
  return account;
}

function requireKnown({ account }: Caller): Account {
  if (account !== null) return account;
  throw new SkillsError("EBADREQUEST", "name and password are missing", {
    hint: "Log in first, or choose name and password of a new account.",
  });
}

async function hasOperator(reader: MetadataReader, config: Parts["config"]): Promise<boolean> {
  return config.operators.length > 0 || (await reader.operators()).length > 0;
}

async function codesOf(reader: MetadataReader): Promise<Code[]> {
  const flow = await reader.loginFlow(PLACE);
  return flow?.kind === KIND ? (flowData.safeParse(flow.data).data?.codes ?? []) : [];
}

function closed(): SkillsError {
  return new SkillsError("ENOTFOUND", "there is nothing at this address");
}
