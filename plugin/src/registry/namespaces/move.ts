import { parsePackageName, SkillsError } from "@skills-registry/schema";
import type { MetadataReader, MetadataWriter, Package } from "../../store/metadata.ts";
import { audit } from "../audit.ts";
import { authorize } from "../authorize.ts";
import type { Caller } from "../caller.ts";
import { requirePackage, settle } from "../package-state.ts";
import type { Parts } from "../parts.ts";
import { auditRefusals } from "./change.ts";

/** What signs the versions of what moves, and when it was. */
export type MoveParts = Pick<Parts, "signer" | "now">;

export interface Move {
  namespace: string;
  /** `legal-documents` */
  skill: string;
  /** Namespace that it goes to. */
  to: string;
}

/**
 * Moves one skill with all its versions to another namespace of the caller, who has to own both: an owner of the skill alone could
 * take it away from an org. Readers of the old name are sent on; nobody can publish under it again. Returns the new name.
 * Throws what `authorize` throws for the other namespace, ENOTFOUND, ENAMETAKEN when it has a skill of that name.
 */
export async function moveSkill(
  parts: Pick<Parts, "metadata" | "groupRoles"> & MoveParts,
  caller: Caller,
  { namespace, skill, to }: Move,
): Promise<string> {
  const act = { caller, namespace, action: "move", detail: { skill, to } };
  return await auditRefusals(parts, act, async () => {
    await authorize(parts, caller, { action: "govern", namespace: to });
    return await parts.metadata.transaction(async (tx) => {
      const found = await requirePackage(tx, `@${namespace}/${skill}`);
      const moved = await moveTo(tx, parts, { found, namespace: to });
      const entry = { at: parts.now().toISOString(), action: "move" };
      // One for the people of either namespace.
      await audit(tx, caller, { ...entry, subject: found.name, detail: { to: moved } });
      await audit(tx, caller, { ...entry, subject: moved, detail: { from: found.name } });
      return moved;
    });
  });
}

/** Gives a package its name in another namespace. Versions are signed with their name, so each is signed again. Returns the name. */
export async function moveTo(
  tx: MetadataWriter,
  { signer, now }: MoveParts,
  { found, namespace }: { found: Package; namespace: string },
): Promise<string> {
  const name = `@${namespace}/${found.name.slice(found.name.indexOf("/") + 1)}`;
  await requireFree(tx, found, name);
  await tx.movePackage(found.id, { name, namespace });
  for (const { version, integrity } of await tx.versions(found.id)) {
    await tx.setSignature(found.id, version, signer.sign(name, version, integrity));
  }
  await settle(tx, { ...found, name, namespace }, now().toISOString());
  return name;
}

/** A name that another skill had once is not free: its readers are sent on from there. What it is called tell reads alone. */
async function requireFree(reader: MetadataReader, found: Package, name: string): Promise<void> {
  if (parsePackageName(name) === undefined)
    throw new SkillsError("EBADNAME", `${name} cannot be the name of a skill`);
  const former = await reader.movedPackage(name);
  if (former !== undefined && former !== found.name) {
    const isPublic = (await reader.package(former))?.visibility === "public";
    throw new SkillsError("ENAMETAKEN", `${name} was the name of ${isPublic ? former : "another skill"}`);
  }
  if ((await reader.package(name)) === undefined) return;
  throw new SkillsError("ENAMETAKEN", `there is a skill ${name} already`, {
    hint: "A name stays taken even when all versions are unpublished.",
  });
}
