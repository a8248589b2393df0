import { printable, SkillsError, statusOf } from "@skills-registry/schema";
import type { Namespace } from "../../store/identity.ts";
import type { MetadataReader, MetadataWriter } from "../../store/metadata.ts";
import { audit } from "../audit.ts";
import type { Caller } from "../caller.ts";
import type { Parts } from "../parts.ts";

/** Something done to a namespace, as the audit log has it. */
export interface Act {
  caller: Caller;
  namespace: string;
  /** `role.set`; a refusal is written down as `role.set.refused`. */
  action: string;
  /** Nothing secret. */
  detail: Record<string, unknown>;
}

type ChangeParts = Pick<Parts, "metadata" | "now">;

/**
 * Changes a namespace in one transaction, with its audit entry. Throws what `work` throws, ENOTFOUND when there is no such namespace,
 * ESKILLMOVED for its old name.
 */
export async function changeNamespace<T>(
  parts: ChangeParts,
  act: Act,
  work: (tx: MetadataWriter, namespace: Namespace) => Promise<T>,
): Promise<T> {
  const change = async (tx: MetadataWriter): Promise<T> => {
    const result = await work(tx, await requireNamespace(tx, act.namespace));
    await writeDown(tx, parts, act);
    return result;
  };
  return await auditRefusals(parts, act, async () => await parts.metadata.transaction(change));
}

/** The same for what only orgs have: EFORBIDDEN for a personal namespace. */
export async function changeOrg<T>(
  parts: ChangeParts,
  act: Act,
  work: (tx: MetadataWriter) => Promise<T>,
): Promise<T> {
  return await changeNamespace(parts, act, async (tx, namespace) => {
    requireOrg(namespace);
    return await work(tx);
  });
}

/** Runs `work`, and writes a refusal down: the transaction that it ended has left nothing. */
export async function auditRefusals<T>(parts: ChangeParts, act: Act, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SkillsError && statusOf(error.code) < 500) {
      const refusal = {
        ...act,
        action: `${act.action}.refused`,
        detail: { ...act.detail, code: error.code },
      };
      await parts.metadata.transaction(async (tx) => await writeDown(tx, parts, refusal), "log");
    }
    throw error;
  }
}

/** Longest name in an entry, in characters: what is refused may be anything. */
const SHOWN = 80;

export async function writeDown(tx: MetadataWriter, { now }: ChangeParts, act: Act): Promise<void> {
  const { caller, action, detail } = act;
  const namespace = printable(act.namespace.slice(0, SHOWN));
  await audit(tx, caller, { at: now().toISOString(), action, subject: `@${namespace}`, namespace, detail });
}

async function requireNamespace(reader: MetadataReader, name: string): Promise<Namespace> {
  const found = await reader.namespace(name);
  if (found === undefined) throw new SkillsError("ENOTFOUND", `there is no namespace @${name}`);
  if (found.movedTo === null) return found;
  throw new SkillsError("ESKILLMOVED", `the namespace @${name} is called @${found.movedTo} now`);
}

function requireOrg({ name, kind }: Namespace): void {
  if (kind === "org") return;
  throw new SkillsError(
    "EFORBIDDEN",
    `@${name} is the personal namespace of "${name}", which nobody else belongs to`,
    {
      hint: `Let somebody else publish one skill with npm owner add <user> @${name}/<skill>, or make an org: skills namespace create <name>`,
    },
  );
}
