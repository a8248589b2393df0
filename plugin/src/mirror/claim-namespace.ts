import { SkillsError } from "@skills-registry/schema";
import { skeleton } from "../registry/names/skeleton.ts";
import type { MetadataWriter } from "../store/metadata.ts";

/**
 * Makes a namespace one that is copied from another registry: an org that nobody runs, whose skills come from there alone.
 * Throws EMIRROR for one with skills or people of its own, for one that is called otherwise by now, and for a copy of another registry.
 */
export async function claimNamespace(
  tx: MetadataWriter,
  { namespace, url, at }: { namespace: string; url: string; at: string },
): Promise<void> {
  const mirror = await tx.mirror(namespace);
  if (mirror !== undefined) {
    if (mirror.url === url) return;
    throw refused(namespace, `it is a copy of ${mirror.url}, and a copy does not change its origin`);
  }
  const found = await tx.namespace(namespace);
  if (found === undefined) {
    const made = { name: namespace, kind: "org", visibility: null, movedTo: null, createdAt: at } as const;
    await tx.insertNamespace(made, skeleton(namespace));
  } else if (found.movedTo !== null) throw refused(namespace, `it is called @${found.movedTo} here`);
  else if (await isInUse(tx, namespace)) throw refused(namespace, "it has skills or people of its own here");
  await tx.putMirror({ namespace, url, etag: null, contactAt: null, behind: 0, failure: null });
}

async function isInUse(tx: MetadataWriter, namespace: string): Promise<boolean> {
  const [packages, members, groups] = [
    await tx.packagesIn(namespace),
    await tx.members(namespace),
    await tx.groupRoles(namespace),
  ];
  return packages.length + members.length + groups.length > 0;
}

function refused(namespace: string, reason: string): SkillsError {
  return new SkillsError("EMIRROR", `@${namespace} cannot be a copy of another registry's: ${reason}`, {
    hint: "Take it out of skills.upstream, or rename the namespace of this registry.",
  });
}
