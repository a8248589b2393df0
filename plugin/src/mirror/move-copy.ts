import { parsePackageName } from "@skills-registry/schema";
import { settle } from "../registry/package-state.ts";
import type { Parts } from "../registry/parts.ts";

/**
 * Gives a copy the name that the skill has at the other registry now; readers of the old name are sent on, as there. The signatures
 * under the new name come with its next copying. False where that name cannot be had here: outside the namespaces that are copied, or
 * there already.
 */
export async function moveCopy(
  { metadata, now }: Pick<Parts, "metadata" | "now">,
  { from, to, url }: { from: string; to: string; url: string },
): Promise<boolean> {
  const name = parsePackageName(to);
  if (name === undefined) return false;
  return await metadata.transaction(async (tx) => {
    const found = await tx.package(from);
    const isCopied = (await tx.mirror(name.namespace))?.url === url;
    if (found === undefined || !isCopied || (await tx.package(to)) !== undefined) return false;
    await tx.movePackage(found.id, { name: to, namespace: name.namespace });
    await tx.deleteMirroredSkill(from);
    await settle(tx, { ...found, name: to, namespace: name.namespace }, now().toISOString());
    return true;
  });
}
