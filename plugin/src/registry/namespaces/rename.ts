import { SkillsError } from "@skills-registry/schema";
import type { MetadataReader } from "../../store/metadata.ts";
import type { Caller } from "../caller.ts";
import { claimName } from "../names/claim.ts";
import { skeleton } from "../names/skeleton.ts";
import { auditRefusals, changeOrg, writeDown } from "./change.ts";
import { type CreateParts, requireCreator } from "./create.ts";
import { moveTo, type MoveParts } from "./move.ts";

export interface Rename {
  namespace: string;
  to: string;
}

/**
 * Gives an org another name: people, teams, settings and skills go with it, readers of the old names are sent on. The old name stays
 * taken; only this org can take it back. Returns the new names of its skills.
 * Throws what `createNamespace` throws for the other name, ESKILLMOVED for an old name, EFORBIDDEN for a personal namespace.
 */
export async function renameNamespace(
  parts: CreateParts & MoveParts,
  caller: Caller,
  { namespace, to }: Rename,
): Promise<string[]> {
  const act = { caller, namespace, action: "namespace.rename", detail: { to } };
  await auditRefusals(parts, act, async () => await requireCreator(parts, caller, to));
  return await changeOrg(parts, act, async (tx) => {
    const claimed = (await isFormerName(tx, namespace, to))
      ? skeleton(to)
      : await claimName(tx, { name: to, config: parts.config, caller });
    const skills = await tx.packagesIn(namespace);
    await tx.renameNamespace(namespace, { name: to, skeleton: claimed, at: parts.now().toISOString() });
    const names: string[] = [];
    for (const found of skills) names.push(await moveTo(tx, parts, { found, namespace: to }));
    // The people of the namespace look for its entries under the name that it has.
    await writeDown(tx, parts, { ...act, namespace: to, detail: { from: namespace } });
    return names;
  });
}

async function isFormerName(reader: MetadataReader, namespace: string, to: string): Promise<boolean> {
  if (namespace === to) throw new SkillsError("EBADREQUEST", `@${namespace} is called so already`);
  return (await reader.namespace(to))?.movedTo === namespace;
}
