import { setTimeout as sleep } from "node:timers/promises";
import { SkillsError } from "@skills-registry/schema";
import type { Identity } from "../../store/identity.ts";
import type { MetadataWriter } from "../../store/metadata.ts";
import type { GroupRolesParts } from "./group-roles.ts";
import type { ProvedIdentity, Provider } from "./provider.ts";
import { STEP_MS } from "./provider-step.ts";
import type { Seal } from "./seal.ts";

/** An identity that can be asked about. */
export interface Due {
  identity: Identity;
  provider: Provider;
  /** A secret. */
  grant: string;
}

/** Longer than a provider may take, so that nobody asks beside a node that works. */
const LEASE_SECONDS = (3 * STEP_MS) / 1000;
/** How often a node looks whether another one has its answer. */
const POLL_MS = 100;

/**
 * Asks for the groups of one identity, on one node at a time: of two that bring the same grant at once, some providers take the second
 * for a thief, and end both. Throws EPROVIDER when the other node has no answer in the time that a provider has for one.
 */
export async function renewAlone(parts: GroupRolesParts, due: Due): Promise<void> {
  const { provider, subject } = due.identity;
  const name = `identity ${JSON.stringify([provider, subject])}`;
  const giveUpAt = performance.now() + STEP_MS;
  for (;;) {
    const lease = await parts.nodes.lease(name, LEASE_SECONDS);
    if (lease === undefined) {
      if (performance.now() > giveUpAt) throw late(due);
      await sleep(POLL_MS);
      continue;
    }
    try {
      return await renew(parts, due);
    } finally {
      await lease.end();
    }
  }
}

async function renew(parts: GroupRolesParts, { identity, provider, grant }: Due): Promise<void> {
  const latest = await parts.metadata.identity(identity.provider, identity.subject);
  // Renewed since it was read: to use a replaced grant again looks like theft, and ends the new one too.
  if (latest?.grant !== identity.grant || latest.groupsAt !== identity.groupsAt) return;
  let known = identity.grant;
  const proved = await provider.ask(grant, async (next) => {
    const sealed = parts.seal.seal(next);
    if (await update(parts, { identity, known, changes: { grant: sealed } })) known = sealed;
  });
  const at = parts.now().toISOString();
  const isSame = proved !== null && proved.subject === identity.subject;
  const changed = isSame ? renewed(parts.seal, proved) : { groups: [], grant: null };
  const ended = isSame ? undefined : { identity, at };
  await update(parts, { identity, known, changes: { ...changed, groupsAt: at }, ended });
}

interface Update {
  identity: Identity;
  /** Sealed grant that the answer is about. */
  known: string | null;
  changes: Partial<Identity>;
  ended?: Ended | undefined;
}

/** False when somebody was faster: an operator took the groups away, or the person logged in again. This answer is the older one. */
async function update(parts: GroupRolesParts, { identity, known, changes, ended }: Update): Promise<boolean> {
  return await parts.metadata.transaction(async (tx) => {
    const current = await tx.identity(identity.provider, identity.subject);
    if (current === undefined || current.grant !== known) return false;
    await tx.putIdentity({ ...current, ...changes });
    if (ended !== undefined) await recordEnd(tx, ended);
    return true;
  }, "logins");
}

interface Ended {
  identity: Identity;
  at: string;
}

async function recordEnd(tx: MetadataWriter, { identity, at }: Ended): Promise<void> {
  const account = await tx.accountById(identity.accountId);
  await tx.appendAudit({
    at,
    account: null,
    action: "identity.ended",
    subject: account?.name ?? identity.login,
    namespace: account?.name ?? null,
    detail: { provider: identity.provider, login: identity.login },
    address: "",
  });
}

function renewed(
  seal: Seal,
  { login, groups, grant }: ProvedIdentity,
): Pick<Identity, "login" | "groups" | "grant"> {
  return { login, groups, grant: grant === null ? null : seal.seal(grant) };
}

function late({ provider }: Due): SkillsError {
  return new SkillsError("EPROVIDER", `${provider.title} has not answered another node yet`);
}
