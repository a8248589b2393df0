import { SkillsError } from "@skills-registry/schema";
import { audit } from "../audit.ts";
import type { Caller } from "../caller.ts";
import { networkOf } from "../network.ts";
import type { Parts } from "../parts.ts";
import { mayRecordRefusal } from "../throttle.ts";
import type { Provider } from "./provider.ts";

/** A login by a provider, as far as it has come: for the audit log, should it be refused. */
export interface Attempt {
  /** Id of the provider. */
  provider: string;
  /** Name of the account, the login at the provider, or the provider's id: the best that is known. */
  subject: string;
}

/** Runs a login, or the connecting of one, and records why it was refused; the same refusal once a minute. */
export async function recordRefusal<T>(
  parts: Pick<Parts, "metadata" | "attempts" | "now">,
  caller: Caller,
  { attempt, work }: { attempt: Attempt; work: () => Promise<T> },
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SkillsError) await record(parts, caller, { attempt, error });
    throw error;
  }
}

async function record(
  { metadata, attempts, now }: Pick<Parts, "metadata" | "attempts" | "now">,
  caller: Caller,
  { attempt, error }: { attempt: Attempt; error: SkillsError },
): Promise<void> {
  const { provider, subject } = attempt;
  const kind = `${networkOf(caller.address)} ${provider} ${subject} ${error.message}`;
  if (!(await mayRecordRefusal(attempts, kind))) return;
  const at = now().toISOString();
  const detail = { provider, code: error.code, reason: error.message };
  await metadata.transaction(
    async (tx) => await audit(tx, caller, { at, action: "login.refused", subject, detail }),
    "log",
  );
}

/** Throws ENOTFOUND for an id that is not configured. */
export function requireProvider({ providers }: Pick<Parts, "providers">, id: string): Provider {
  const provider = providers.find((candidate) => candidate.id === id);
  if (provider !== undefined) return provider;
  throw new SkillsError("ENOTFOUND", `nobody logs in by ${JSON.stringify(id.slice(0, 40))} here`, {
    hint: "The login page shows where people log in.",
  });
}

/** Of a flow that ended, was used, or never was: which of them is nobody's business. */
export function endedFlow(): SkillsError {
  return new SkillsError("EFORBIDDEN", "this login has ended, or was used already", {
    hint: "Begin again: a login is good for ten minutes, once, and in the browser that began it.",
  });
}
