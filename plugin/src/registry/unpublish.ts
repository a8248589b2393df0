import { type PackageName, SkillsError } from "@skills-registry/schema";
import type { MetadataWriter, Package } from "../store/metadata.ts";
import { audit, type AuditEvent } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { requireCurrent, requirePackage, settle } from "./package-state.ts";
import type { Parts } from "./parts.ts";
import { automaticLatest, findVersion, isLive, LATEST } from "./versions.ts";
import { goneSkill, refuseWithdrawn } from "./withdrawn.ts";

interface Removal {
  name: PackageName;
  rev: string;
}

/**
 * Unpublishes every live version; the package is gone for readers, its version numbers stay taken. What an operator withdrew stays
 * as it is. Throws ENOTFOUND, EQUARANTINED, ESTALE.
 */
export async function unpublishPackage(parts: Parts, caller: Caller, removal: Removal): Promise<void> {
  await parts.metadata.transaction(async (tx) => {
    const found = await requirePackage(tx, removal.name.full);
    const versions = await tx.versions(found.id);
    const live = versions.filter(isLive);
    if (live.length === 0) throw goneSkill(found.name, versions);
    requireCurrent(found, removal.rev);
    const at = parts.now().toISOString();
    const events: AuditEvent[] = [];
    for (const { version } of live) events.push(await bury({ tx, found, at }, version));
    await settle(tx, found, at);
    for (const event of events) await audit(tx, caller, event);
  }, `package ${removal.name.full}`);
}

/**
 * Unpublishes one version. npm sends this after it has already taken the version out of the packument,
 * so a version that is gone is not an error. Throws ENOTFOUND, EQUARANTINED, ESTALE.
 */
export async function unpublishVersion(
  parts: Parts,
  caller: Caller,
  removal: Removal & { version: string },
): Promise<void> {
  await parts.metadata.transaction(async (tx) => {
    const found = await requirePackage(tx, removal.name.full);
    const version = findVersion(await tx.versions(found.id), removal.version);
    if (version === undefined) {
      throw new SkillsError("ENOTFOUND", `${removal.name.full} has no version ${removal.version}`);
    }
    refuseWithdrawn(found.name, version);
    if (!isLive(version)) return;
    requireCurrent(found, removal.rev);
    const at = parts.now().toISOString();
    const event = await bury({ tx, found, at }, removal.version);
    await settle(tx, found, at);
    await audit(tx, caller, event);
  }, `package ${removal.name.full}`);
}

/** Makes a version a tombstone and takes it out of the tags. Returns what is to be recorded. */
export async function bury(
  { tx, found, at }: { tx: MetadataWriter; found: Package; at: string },
  version: string,
): Promise<AuditEvent> {
  await tx.buryVersion(found.id, version, at);
  await untag(tx, found, version);
  return { at, action: "unpublish", subject: `${found.name}@${version}`, detail: {} };
}

/** Takes a version that is gone out of the tags; `latest` falls back to the best version left. */
export async function untag(tx: MetadataWriter, found: Package, version: string): Promise<void> {
  const tags = await tx.distTags(found.id);
  const lost = tags.filter((tag) => tag.version === version);
  for (const tag of lost) await tx.deleteDistTag(found.id, tag.tag);
  if (lost.some((tag) => tag.tag === LATEST)) {
    const best = automaticLatest(
      await tx.versions(found.id),
      tags.filter((tag) => !lost.includes(tag)),
    );
    if (best !== undefined) await tx.setDistTag(found.id, { tag: LATEST, version: best, manual: false });
  }
}
