import { type PackageName, printable, SkillsError } from "@skills-registry/schema";
import type { DistTag, MetadataWriter, Package, Quarantine, VersionSummary } from "../store/metadata.ts";
import { audit } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { requirePackage, settle } from "./package-state.ts";
import type { Parts } from "./parts.ts";
import { untag } from "./unpublish.ts";
import { automaticLatest, findVersion, LATEST } from "./versions.ts";

/** Characters; the reason is shown in terminals and on pages. */
const REASON_MAX = 500;

export interface QuarantineTarget {
  name: PackageName;
  version: string;
  /** What the audit entry tells besides. */
  detail: Record<string, unknown>;
}

type QuarantineParts = Pick<Parts, "metadata" | "now">;

/**
 * Takes a version away from everybody, its owners included: whoever asks for it is told the reason. Tags move as if it were
 * unpublished. Its bytes stay, so that they can be examined, and given back. Throws ENOTFOUND, EQUARANTINED for one that is
 * withdrawn already, EBADREQUEST for a reason that cannot be shown.
 */
export async function quarantine(
  { metadata, now }: QuarantineParts,
  caller: Caller,
  { name, version, reason, detail }: QuarantineTarget & { reason: string },
): Promise<void> {
  requireReason(reason);
  await metadata.transaction(async (tx) => {
    const found = await requirePackage(tx, name.full);
    const target = await requirePublished(tx, found, version);
    if (target.quarantine !== null) {
      throw new SkillsError("EQUARANTINED", `${found.name}@${version} is in quarantine already`, {
        hint: "Release it first to give another reason.",
      });
    }
    const at = now().toISOString();
    const named = (await tx.distTags(found.id)).filter((tag) => tag.version === version);
    const tags = named.map(({ tag, manual }) => ({ tag, manual }));
    await tx.setQuarantine(found.id, version, { at, reason, tags });
    await untag(tx, found, version);
    await settle(tx, found, at);
    const subject = `${found.name}@${version}`;
    await audit(tx, caller, { at, action: "admin.quarantine", subject, detail: { ...detail, reason } });
  });
}

/** Gives a withdrawn version back as it was, with those of its tags that name no other one now. Throws ENOTFOUND. */
export async function release(
  { metadata, now }: QuarantineParts,
  caller: Caller,
  { name, version, detail }: QuarantineTarget,
): Promise<void> {
  await metadata.transaction(async (tx) => {
    const found = await requirePackage(tx, name.full);
    const target = await requirePublished(tx, found, version);
    if (target.quarantine === null) {
      throw new SkillsError("ENOTFOUND", `${found.name}@${version} is not in quarantine`);
    }
    const at = now().toISOString();
    await tx.setQuarantine(found.id, version, null);
    await restoreTags(tx, found, { version, tags: target.quarantine.tags });
    await settle(tx, found, at);
    const subject = `${found.name}@${version}`;
    await audit(tx, caller, { at, action: "admin.release", subject, detail });
  });
}

async function requirePublished(
  tx: MetadataWriter,
  found: Package,
  version: string,
): Promise<VersionSummary> {
  const target = findVersion(await tx.versions(found.id), version);
  if (target !== undefined && target.unpublishedAt === null) return target;
  const fate = target === undefined ? `has no version ${version.slice(0, 60)}` : `${version} is unpublished`;
  throw new SkillsError("ENOTFOUND", `${found.name} ${fate}`);
}

async function restoreTags(
  tx: MetadataWriter,
  found: Package,
  { version, tags }: { version: string; tags: Quarantine["tags"] },
): Promise<void> {
  const present = new Map((await tx.distTags(found.id)).map((tag) => [tag.tag, tag]));
  for (const { tag, manual } of tags) {
    if (tag === LATEST ? isFollowing(present.get(LATEST)) : !present.has(tag)) {
      await tx.setDistTag(found.id, { tag, version, manual });
    }
  }
  await followLatest(tx, found);
}

/** `latest` goes where publishes lead it, unless a person has set it. */
async function followLatest(tx: MetadataWriter, found: Package): Promise<void> {
  const tags = await tx.distTags(found.id);
  if (!isFollowing(tags.find(({ tag }) => tag === LATEST))) return;
  const best = automaticLatest(await tx.versions(found.id), tags);
  if (best !== undefined) await tx.setDistTag(found.id, { tag: LATEST, version: best, manual: false });
}

function isFollowing(latest: DistTag | undefined): boolean {
  return latest?.manual !== true;
}

function requireReason(reason: string): void {
  if (reason.trim() !== "" && reason.length <= REASON_MAX && printable(reason) === reason) return;
  throw new SkillsError("EBADREQUEST", `the reason is one line of at most ${REASON_MAX} visible characters`);
}
