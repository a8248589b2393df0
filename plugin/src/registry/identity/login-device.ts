import { SkillsError } from "@skills-registry/schema";
import { z } from "zod";
import type { Caller } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { hashSecret } from "../token-secret.ts";
import { issueToken } from "../tokens.ts";
import { accountForLogin, type Proof } from "./accounts-by-identity.ts";
import { beginFlow, type Flow, findFlow, takeFlow } from "./flows.ts";
import { recordRefusal, requireProvider } from "./refusals.ts";
import { PROGRAM_TOKEN, unknownLogin } from "./login-request.ts";
import type { Provider } from "./provider.ts";

/** Logins from machines without a browser (RFC 8628): the person types a code at the provider, and we ask it now and then. */

/** Added to the wait when a provider wants to be asked less often, in seconds: RFC 8628 says so. */
const SLOWER = 5;

const deviceFlow = {
  kind: "device",
  data: z.object({
    provider: z.string(),
    /** Sealed. */
    deviceCode: z.string(),
    /** Seconds between two questions. */
    interval: z.number(),
    /** ISO time of the next one. */
    askAt: z.string(),
  }),
};
type DeviceFlow = z.infer<typeof deviceFlow.data>;

export interface DeviceRequest {
  /** For the program alone. */
  secret: string;
  /** Name of the provider, for people. */
  title: string;
  userCode: string;
  verificationUrl: string;
  /** Seconds. */
  interval: number;
}

/** Begins one, at the provider named or the first that can. Throws EBADREQUEST where none can, EPROVIDER when it fails. */
export async function beginDeviceLogin(parts: Parts, id: string | undefined): Promise<DeviceRequest> {
  const able = parts.providers.filter(({ device }) => device !== undefined);
  const provider = able.find((candidate) => id === undefined || candidate.id === id);
  if (provider?.device === undefined) {
    const where = id === undefined ? "here" : `at ${JSON.stringify(id)}`;
    throw new SkillsError("EBADREQUEST", `nobody can log in ${where} from a machine without a browser`, {
      hint: "Log in without --device, and open the address on another machine.",
    });
  }
  const { deviceCode, userCode, verificationUrl, interval } = await provider.device.begin();
  const now = parts.now();
  const askAt = later(now, interval);
  const data = { provider: provider.id, deviceCode: parts.seal.seal(deviceCode), interval, askAt };
  const secret = await parts.metadata.transaction(
    async (tx) => await beginFlow(tx, deviceFlow, { data, now }),
    "logins",
  );
  return { secret, title: provider.title, userCode, verificationUrl, interval };
}

/** `wait`: nobody has logged in yet; ask again in so many seconds. */
export type DeviceAnswer = { token: string } | { wait: number };

/**
 * Asks the provider, when it is time. Undefined when there is no device login with this secret.
 * Throws EFORBIDDEN when the person declined, may not come in, or has no account and cannot have one of the same name;
 * EPROVIDER when the provider fails.
 */
export async function pollDeviceLogin(
  parts: Parts,
  caller: Caller,
  secret: string,
): Promise<DeviceAnswer | undefined> {
  const hash = hashSecret(secret);
  const flow = await findFlow(parts.metadata, deviceFlow, { hash, now: parts.now() });
  if (flow === undefined) return undefined;
  const provider = requireProvider(parts, flow.data.provider);
  const wait = await takeTurn(parts, hash);
  if (wait > 0) return { wait };
  const attempt = { provider: provider.id, subject: provider.id };
  const work = async (): Promise<DeviceAnswer> => {
    const answer = await ask(parts, provider, flow.data);
    if (answer === "pending") return { wait: flow.data.interval };
    if (answer === "slow-down") return { wait: await slowDown(parts, { hash, flow }) };
    attempt.subject = answer.login;
    return { token: await enter(parts, caller, { secret, provider: provider.id, proved: answer }) };
  };
  return await recordRefusal(parts, caller, { attempt, work });
}

async function ask(parts: Pick<Parts, "seal">, provider: Provider, { deviceCode }: DeviceFlow) {
  const opened = parts.seal.open(deviceCode);
  if (opened === undefined || provider.device === undefined) throw unknownLogin();
  return await provider.device.poll(opened);
}

/** Seconds to wait before the provider may be asked; 0 for whoever may ask now, which one of many at a time is told. */
async function takeTurn({ metadata, now }: Pick<Parts, "metadata" | "now">, hash: string): Promise<number> {
  return await metadata.transaction(async (tx) => {
    const flow = await findFlow(tx, deviceFlow, { hash, now: now() });
    if (flow === undefined) throw unknownLogin();
    const { askAt, interval } = flow.data;
    const left = Math.ceil((Date.parse(askAt) - now().getTime()) / 1000);
    if (left > 0) return left;
    const data = { ...flow.data, askAt: later(now(), interval) };
    await tx.putLoginFlow({ hash, kind: deviceFlow.kind, data, expiresAt: flow.expiresAt });
    return 0;
  }, "logins");
}

/** Returns the longer wait, in seconds. */
async function slowDown(
  { metadata, now }: Pick<Parts, "metadata" | "now">,
  { hash, flow }: { hash: string; flow: Flow<DeviceFlow> },
): Promise<number> {
  const interval = flow.data.interval + SLOWER;
  const data = { ...flow.data, interval, askAt: later(now(), interval) };
  await metadata.transaction(
    async (tx) => await tx.putLoginFlow({ hash, kind: deviceFlow.kind, data, expiresAt: flow.expiresAt }),
    "logins",
  );
  return interval;
}

async function enter(
  parts: Parts,
  caller: Caller,
  { secret, ...proof }: Proof & { secret: string },
): Promise<string> {
  const now = parts.now();
  return await parts.metadata.transaction(async (tx) => {
    if ((await takeFlow(tx, deviceFlow, { secret, now })) === undefined) throw unknownLogin();
    const account = await accountForLogin(parts, tx, { ...proof, caller });
    if (account === undefined) {
      throw new SkillsError(
        "EFORBIDDEN",
        `the name "${proof.proved.login}" cannot be that of a new account`,
        {
          hint: "Log in once in a browser, where you can choose another name.",
        },
      );
    }
    const made = await issueToken(tx, { ...caller, account }, { ...PROGRAM_TOKEN, at: now.toISOString() });
    return made.secret;
  }, "logins");
}

function later(now: Date, seconds: number): string {
  return new Date(now.getTime() + seconds * 1000).toISOString();
}
