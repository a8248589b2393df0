import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { IdentityReader } from "../../store/identity.ts";
import type { MetadataWriter } from "../../store/metadata.ts";
import { hashSecret } from "../token-secret.ts";

/** Logins that go on elsewhere: in a browser, or at a provider. Whoever has the secret goes on with one; only its hash is stored. */

/** Enough to type a password and a second factor; not enough for an address that lies around to be worth finding. */
export const FLOW_MS = 10 * 60_000;

/** Used ID tokens are forgotten together with flows; they stay known this long after their end, for clocks that differ. */
const FORGET_MS = 60 * 60_000;

/** 256 bits: no guessing. */
const SECRET_BYTES = 32;

/** A kind of flow, and what it keeps. */
export interface FlowKind<T extends Record<string, unknown>> {
  kind: string;
  data: z.ZodType<T>;
}

export interface Flow<T> {
  data: T;
  /** ISO time. */
  expiresAt: string;
}

export function newFlowSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** Keeps a flow for ten minutes, and forgets those that ended. `secret` is made where it is not given. */
export async function beginFlow<T extends Record<string, unknown>>(
  tx: MetadataWriter,
  { kind }: FlowKind<T>,
  { data, now, secret = newFlowSecret() }: { data: T; now: Date; secret?: string },
): Promise<string> {
  await tx.deleteEndedFlows(new Date(now.getTime() - FORGET_MS).toISOString());
  const expiresAt = new Date(now.getTime() + FLOW_MS).toISOString();
  await tx.putLoginFlow({ hash: hashSecret(secret), kind, data, expiresAt });
  return secret;
}

/** The flow with this hash; undefined when there is none of the kind, or it has ended. */
export async function findFlow<T extends Record<string, unknown>>(
  reader: Pick<IdentityReader, "loginFlow">,
  { kind, data }: FlowKind<T>,
  { hash, now }: { hash: string; now: Date },
): Promise<Flow<T> | undefined> {
  const flow = await reader.loginFlow(hash);
  if (flow === undefined || flow.kind !== kind || flow.expiresAt <= now.toISOString()) return undefined;
  return { data: data.parse(flow.data), expiresAt: flow.expiresAt };
}

/** Takes the flow with this secret out, whatever becomes of it: nobody goes on with it a second time. */
export async function takeFlow<T extends Record<string, unknown>>(
  tx: MetadataWriter,
  kind: FlowKind<T>,
  { secret, now }: { secret: string; now: Date },
): Promise<T | undefined> {
  const hash = hashSecret(secret);
  const flow = await findFlow(tx, kind, { hash, now });
  if (flow !== undefined) await tx.deleteLoginFlow(hash);
  return flow?.data;
}
