import { type PublishAnswer, SkillsError } from "@skills-registry/schema";
import { digestOf } from "../store/digest.ts";
import type { MetadataReader, MetadataWriter, Package, Version, VersionSummary } from "../store/metadata.ts";
import { audit } from "./audit.ts";
import { type Caller, callerName, requireAccount } from "./caller.ts";
import { type Candidate, inspectPublication, type Publication } from "./candidate.ts";
import { refuseMoved } from "./namespaces/moved.ts";
import { ensurePackage, settle } from "./package-state.ts";
import type { Parts } from "./parts.ts";
import { versionFacts } from "./version-facts.ts";
import { LATEST, latestAfterPublish, nextFree } from "./versions.ts";
import { refuseOtherAccess, visibilityOfNew } from "./visibility.ts";
import { withBlobs } from "./with-blob.ts";
import { refuseWithdrawn } from "./withdrawn.ts";

/**
 * Decides a publish: bytes → inspection → blob → one transaction. The version is visible when this resolves, and survives a power cut.
 * Throws what `inspectPublication` throws, EVERSIONTAKEN, EQUARANTINED, or EBADREQUEST for an `access` that the skill does not have; nothing is
 * visible then.
 */
export async function publish(
  parts: Parts,
  caller: Caller,
  publication: Publication,
): Promise<PublishAnswer> {
  const candidate = await inspectPublication(publication, parts.config.limits);
  await refuseTaken(parts, candidate);
  // Also for a version that is there already: publishing it again brings back a tarball that the disk has lost.
  const blob = { digest: digestOf(candidate.tarball), bytes: candidate.tarball };
  const scope = `package ${candidate.name.full}` as const;
  return await withBlobs(parts, { blobs: [blob], scope }, (tx) => commit(tx, { parts, caller, candidate }));
}

/** A taken version, and a name that the skill has no more, are refused before anything is written. */
async function refuseTaken(parts: Parts, candidate: Candidate): Promise<void> {
  const existing = await parts.metadata.package(candidate.name.full);
  if (existing === undefined) await refuseMoved(parts.metadata, candidate.name);
  else await decideAgainst(parts.metadata, existing, candidate);
}

/** The answer when the version number is known already; undefined when it is free. Throws EVERSIONTAKEN, EQUARANTINED. */
async function decideAgainst(
  reader: MetadataReader,
  existing: Package,
  candidate: Candidate,
): Promise<PublishAnswer | undefined> {
  refuseOtherAccess(existing, candidate.access);
  const taken = await reader.version(existing.id, candidate.version);
  if (taken === undefined) return undefined;
  if (taken.integrity !== candidate.integrity) {
    throw versionTaken(candidate, taken, await reader.versions(existing.id));
  }
  refuseWithdrawn(existing.name, taken);
  if (taken.unpublishedAt !== null) return undefined;
  return answer(candidate, { action: "unchanged", rev: existing.rev, previous: null });
}

function versionTaken(candidate: Candidate, taken: Version, versions: VersionSummary[]): SkillsError {
  const fate = taken.unpublishedAt === null ? "is already published" : "was published and then unpublished";
  const free = nextFree(versions, candidate.version);
  return new SkillsError(
    "EVERSIONTAKEN",
    `${candidate.name.full}@${candidate.version} ${fate} with other content; the next free version is ${free}`,
    { hint: `A published version never changes: set "version" to ${free} and publish again.` },
  );
}

/** The commit point of a publish. Asks again what `refuseTaken` asked: another writer may have been faster. */
async function commit(
  tx: MetadataWriter,
  work: { parts: Parts; caller: Caller; candidate: Candidate },
): Promise<PublishAnswer> {
  const { parts, caller, candidate } = work;
  const at = parts.now().toISOString();
  const visibility = await visibilityOfNew(tx, parts.config, candidate);
  const existing = await ensurePackage(tx, candidate.name, { visibility, at });
  const settled = await decideAgainst(tx, existing, candidate);
  if (settled !== undefined) return settled;
  const tags = await tx.distTags(existing.id);
  const previous = tags.find((tag) => tag.tag === LATEST)?.version ?? null;
  await tx.putVersion(existing.id, versionRecord(work, at));
  if (candidate.tag !== LATEST) {
    await tx.setDistTag(existing.id, { tag: candidate.tag, version: candidate.version, manual: true });
  }
  const latest = latestAfterPublish(tags, candidate.version, candidate.tag);
  if (latest !== undefined) await tx.setDistTag(existing.id, latest);
  const rev = await settle(tx, existing, at);
  await audit(tx, caller, {
    at,
    action: "publish",
    subject: `${candidate.name.full}@${candidate.version}`,
    detail: {
      integrity: candidate.integrity,
      tag: candidate.tag,
      visibility: existing.visibility,
      ...builtFrom(caller),
    },
  });
  return answer(candidate, { action: previous === null ? "created" : "updated", rev, previous });
}

/** A run of CI has no name of its own: the log says which it was. */
function builtFrom({ token }: Caller): {
  repository?: string | null;
  commit?: string | null;
  run?: string | null;
} {
  if (token === null || token.provenance === null) return {};
  const { repository, commit, run } = token.provenance;
  return { repository, commit, run };
}

function versionRecord(work: { parts: Parts; caller: Caller; candidate: Candidate }, at: string): Version {
  const { candidate, caller, parts } = work;
  return {
    ...versionFacts(candidate),
    version: candidate.version,
    publishedAt: at,
    publisher: callerName(caller) ?? requireAccount(caller).name,
    provenance: caller.token?.provenance ?? null,
    publishedAs: null,
    signature: parts.signer.sign(candidate.name.full, candidate.version, candidate.integrity),
    deprecated: null,
    unpublishedAt: null,
    quarantine: null,
  };
}

function answer(
  candidate: Candidate,
  outcome: Pick<PublishAnswer, "action" | "previous"> & { rev: number },
): PublishAnswer {
  return {
    ok: true,
    id: candidate.name.full,
    rev: String(outcome.rev),
    action: outcome.action,
    version: candidate.version,
    previous: outcome.previous,
    warnings: candidate.inspection.issues,
  };
}
