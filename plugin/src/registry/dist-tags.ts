import { type PackageName, SkillsError } from "@skills-registry/schema";
import type { DistTag } from "../store/metadata.ts";
import { audit } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { requirePackage, settle } from "./package-state.ts";
import { requirePackument } from "./packument.ts";
import type { Parts } from "./parts.ts";
import { automaticLatest, findVersion, isLive, LATEST } from "./versions.ts";
import { goneVersion } from "./withdrawn.ts";

interface TagTarget {
  name: PackageName;
  tag: string;
}

/** Throws ENOTFOUND. */
export async function listDistTags(parts: Parts, name: PackageName): Promise<DistTag[]> {
  return (await requirePackument(parts.metadata, name.full)).tags;
}

/** Points a tag at a version by hand. Throws ENOTFOUND when there is no such package or version, EQUARANTINED. */
export async function setDistTag(
  parts: Parts,
  caller: Caller,
  target: TagTarget & { version: string },
): Promise<void> {
  await parts.metadata.transaction(async (tx) => {
    const found = await requirePackage(tx, target.name.full);
    const versions = await tx.versions(found.id);
    const version = findVersion(versions.filter(isLive), target.version);
    if (version === undefined) throw goneVersion(found.name, versions, target.version);
    const at = parts.now().toISOString();
    await tx.setDistTag(found.id, { tag: target.tag, version: target.version, manual: true });
    await settle(tx, found, at);
    await audit(tx, caller, {
      at,
      action: "dist-tag.set",
      subject: `${found.name}@${target.version}`,
      detail: { tag: target.tag },
    });
  }, `package ${target.name.full}`);
}

/** Removes a tag. `latest` cannot be missing: removing it takes back what was set by hand. Throws ENOTFOUND. */
export async function removeDistTag(parts: Parts, caller: Caller, target: TagTarget): Promise<void> {
  await parts.metadata.transaction(async (tx) => {
    const found = await requirePackage(tx, target.name.full);
    const tags = await tx.distTags(found.id);
    const tag = tags.find((candidate) => candidate.tag === target.tag);
    if (tag === undefined) throw new SkillsError("ENOTFOUND", `${found.name} has no tag ${target.tag}`);
    const at = parts.now().toISOString();
    const automatic = target.tag === LATEST ? automaticLatest(await tx.versions(found.id), tags) : undefined;
    if (automatic === undefined) await tx.deleteDistTag(found.id, target.tag);
    else await tx.setDistTag(found.id, { tag: LATEST, version: automatic, manual: false });
    await settle(tx, found, at);
    await audit(tx, caller, {
      at,
      action: "dist-tag.remove",
      subject: `${found.name}@${tag.version}`,
      detail: { tag: target.tag },
    });
  }, `package ${target.name.full}`);
}
