import { type PackageName, SkillsError } from "@skills-registry/schema";
import type { MetadataWriter, Package } from "../store/metadata.ts";
import { audit } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { auditRefusals } from "./namespaces/change.ts";
import { requireNamed } from "./namespaces/members.ts";
import { requireCurrent, requirePackage, settle } from "./package-state.ts";
import type { Parts } from "./parts.ts";

/** Who npm lists as the maintainers of a skill: its namespace, whose people have their rights by it, then the skill's own owners. */
export function maintainerNames(namespace: string, owners: string[]): string[] {
  return [namespace, ...owners.filter((owner) => owner !== namespace)];
}

/** The list of maintainers that a client read, changed and sent back. */
export interface OwnersChange {
  name: PackageName;
  rev: string | undefined;
  maintainers: string[];
}

/**
 * Makes the accounts of a list, and nobody else, the skill's own owners. Returns the new rev.
 * Throws ENOTFOUND for the skill or an account, ESTALE, ELASTOWNER when the namespace is left out.
 */
export async function setOwners(
  parts: Pick<Parts, "metadata" | "now">,
  caller: Caller,
  change: OwnersChange,
): Promise<number> {
  const { full, namespace } = change.name;
  const act = { caller, namespace, action: "owner.set", detail: { package: full } };
  return await auditRefusals(parts, act, async () => {
    const at = parts.now().toISOString();
    return await parts.metadata.transaction((tx) => replaceOwners({ tx, caller, at }, change));
  });
}

/**
 * Makes an account one of the skill's own owners, or no longer one. Throws ENOTFOUND for the skill or a new owner, ELASTOWNER for the
 * namespace itself.
 */
export async function changeOwner(
  parts: Pick<Parts, "metadata" | "now">,
  caller: Caller,
  { name, account, isOwner }: { name: PackageName; account: string; isOwner: boolean },
): Promise<void> {
  const { full, namespace } = name;
  const act = { caller, namespace, action: "owner.set", detail: { package: full } };
  await auditRefusals(parts, act, async () => {
    const at = parts.now().toISOString();
    await parts.metadata.transaction(async (tx) => {
      const found = await requirePackage(tx, full);
      const listed = maintainerNames(found.namespace, await tx.packageOwners(found.id));
      const others = listed.filter((owner) => owner !== account);
      const maintainers = isOwner ? [...others, account] : others;
      await replaceOwners({ tx, caller, at }, { name, rev: String(found.rev), maintainers });
    });
  });
}

interface Work {
  tx: MetadataWriter;
  caller: Caller;
  at: string;
}

async function replaceOwners(work: Work, { name, rev, maintainers }: OwnersChange): Promise<number> {
  const { tx, at } = work;
  const found = await requirePackage(tx, name.full);
  requireCurrent(found, rev);
  requireNamespace(found, maintainers);
  const owners = await tx.packageOwners(found.id);
  const wanted = new Set(maintainers.filter((maintainer) => maintainer !== found.namespace));
  const added = [...wanted].filter((owner) => !owners.includes(owner));
  const removed = owners.filter((owner) => !wanted.has(owner));
  if (added.length + removed.length === 0) return found.rev;
  for (const owner of added) await setOwner(work, found, { owner, isOwner: true });
  for (const owner of removed) await setOwner(work, found, { owner, isOwner: false });
  return await settle(tx, found, at);
}

function requireNamespace({ name, namespace }: Package, maintainers: string[]): void {
  if (maintainers.includes(namespace)) return;
  throw new SkillsError(
    "ELASTOWNER",
    `${name} belongs to the namespace @${namespace}, which stays its owner`,
    {
      hint: `People of the namespace are managed with npm org set ${namespace} <user> and npm org rm ${namespace} <user>`,
    },
  );
}

async function setOwner(
  { tx, caller, at }: Work,
  found: Package,
  { owner, isOwner }: { owner: string; isOwner: boolean },
): Promise<void> {
  const account = await requireNamed(tx, owner);
  await tx.setPackageOwner(found.id, account.id, isOwner);
  const action = isOwner ? "owner.add" : "owner.remove";
  await audit(tx, caller, { at, action, subject: found.name, detail: { account: owner } });
}
