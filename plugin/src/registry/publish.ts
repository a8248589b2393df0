import { createHash } from "node:crypto";
import {
  type Inspection,
  inspectTarball,
  isError,
  type Issue,
  manifestDifferences,
  type PackageManifest,
  type PackageName,
  type PublishAnswer,
  SkillsError,
  toPackageManifest,
} from "@skills-registry/schema";
import { digestOf, integrityOf } from "../store/digest.ts";
import type { MetadataWriter, Package, Version, VersionSummary } from "../store/metadata.ts";
import { audit } from "./audit.ts";
import { requireAccount } from "./authorize.ts";
import type { Caller } from "./caller.ts";
import { ensurePackage, settle } from "./package-state.ts";
import type { Parts } from "./parts.ts";
import { findVersion, LATEST, latestAfterPublish, nextFree } from "./versions.ts";

/** One publish as it arrived, already of the right shape but with nothing proved. */
export interface Publication {
  name: PackageName;
  version: string;
  tag: string;
  /** `versions[version]` of the body, as the client sent it. */
  claimed: Record<string, unknown>;
  /** `dist` of the body; what is given must match the bytes. */
  claimedDist: { integrity?: string | undefined; shasum?: string | undefined };
  tarball: Buffer;
}

/** A publication whose bytes were read, judged and found to be what the body says. */
interface Candidate extends Publication {
  inspection: Inspection;
  manifest: PackageManifest;
  integrity: string;
  shasum: string;
  unpackedSize: number;
  fileCount: number;
}

/**
 * Decides a publish: bytes → inspection → blob → one transaction. The version is visible when this resolves, and survives a power cut.
 * Throws ESKILLTOOLARGE, ESKILLMISMATCH, ESKILLINVALID (with issues) or EVERSIONTAKEN; nothing is visible then.
 */
export async function publish(
  parts: Parts,
  caller: Caller,
  publication: Publication,
): Promise<PublishAnswer> {
  const candidate = await inspectPublication(parts, publication);
  await refuseTaken(parts, candidate);
  // Also for a version that is there already: publishing it again brings back a tarball that the disk has lost.
  await parts.blobs.put(digestOf(candidate.tarball), candidate.tarball);
  return await parts.metadata.transaction((tx) => commit(tx, { parts, caller, candidate }));
}

async function inspectPublication(parts: Parts, publication: Publication): Promise<Candidate> {
  const { tarball } = publication;
  if (tarball.length > parts.config.limits.tarball) {
    throw new SkillsError(
      "ESKILLTOOLARGE",
      `the tarball has ${tarball.length} bytes, this registry takes ${parts.config.limits.tarball}`,
    );
  }
  const integrity = integrityOf(digestOf(tarball));
  const shasum = createHash("sha1").update(tarball).digest("hex");
  requireEqual("dist.integrity", publication.claimedDist.integrity, integrity);
  requireEqual("dist.shasum", publication.claimedDist.shasum, shasum);
  const inspection = await inspectTarball(tarball, parts.config.limits);
  refuseErrors(inspection.issues);
  const manifest = inspection.packageManifest;
  if (manifest === undefined) throw new SkillsError("ESKILLMISMATCH", "the tarball has no package.json");
  requireSameManifest(publication, manifest);
  return {
    ...publication,
    inspection,
    manifest,
    integrity,
    shasum,
    unpackedSize: inspection.entries.reduce((sum, entry) => sum + entry.data.length, 0),
    fileCount: inspection.entries.filter((entry) => entry.type === "file").length,
  };
}

function requireEqual(field: string, claimed: string | undefined, actual: string): void {
  if (claimed === undefined || claimed === actual) return;
  throw new SkillsError("ESKILLMISMATCH", `${field} is not that of the tarball, which has ${actual}`);
}

function refuseErrors(issues: Issue[]): void {
  const errors = issues.filter(isError);
  if (errors.length === 0) return;
  const count = errors.length === 1 ? "1 rule" : `${errors.length} rules`;
  throw new SkillsError("ESKILLINVALID", `the skill breaks ${count} of this registry`, { issues });
}

/**
 * Manifest confusion: a body that says other than the tarball would show readers one package and install another.
 * The stored manifest is built from the tarball alone; the body has to agree with it all the same.
 */
function requireSameManifest(publication: Publication, manifest: PackageManifest): void {
  requireName("name", manifest.name, publication.name.full);
  requireName("version", manifest.version, publication.version);
  const claimed = toPackageManifest(publication.claimed);
  refuseErrors(claimed.issues);
  const differences = claimed.manifest === undefined ? [] : manifestDifferences(manifest, claimed.manifest);
  if (differences.length === 0) return;
  const fields = differences.map((field) => `"${field}"`).join(", ");
  throw new SkillsError("ESKILLMISMATCH", `the body differs from the tarball's package.json in ${fields}`);
}

function requireName(field: string, found: string, expected: string): void {
  if (found === expected) return;
  throw new SkillsError(
    "ESKILLMISMATCH",
    `the tarball's package.json says ${field} "${found}", the request says "${expected}"`,
  );
}

/** A taken version is refused before anything is written. */
async function refuseTaken(parts: Parts, candidate: Candidate): Promise<void> {
  const existing = await parts.metadata.package(candidate.name.full);
  if (existing !== undefined) decideAgainst(existing, await parts.metadata.versions(existing.id), candidate);
}

/** The answer when the version number is known already; undefined when it is free. Throws EVERSIONTAKEN. */
function decideAgainst(
  existing: Package,
  versions: VersionSummary[],
  candidate: Candidate,
): PublishAnswer | undefined {
  const taken = findVersion(versions, candidate.version);
  if (taken === undefined) return undefined;
  if (taken.integrity !== candidate.integrity) throw versionTaken(candidate, taken, versions);
  if (taken.unpublishedAt !== null) return undefined;
  return answer(candidate, { action: "unchanged", rev: existing.rev, previous: null });
}

function versionTaken(candidate: Candidate, taken: VersionSummary, versions: VersionSummary[]): SkillsError {
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
  const existing = await ensurePackage(tx, candidate.name, at);
  const versions = await tx.versions(existing.id);
  const settled = decideAgainst(existing, versions, candidate);
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
    detail: { integrity: candidate.integrity, tag: candidate.tag },
  });
  return answer(candidate, { action: previous === null ? "created" : "updated", rev, previous });
}

function versionRecord(work: { parts: Parts; caller: Caller; candidate: Candidate }, at: string): Version {
  const { candidate, caller, parts } = work;
  const { inspection } = candidate;
  return {
    version: candidate.version,
    publishedAt: at,
    publisher: requireAccount(caller).name,
    integrity: candidate.integrity,
    shasum: candidate.shasum,
    size: candidate.tarball.length,
    unpackedSize: candidate.unpackedSize,
    fileCount: candidate.fileCount,
    signature: parts.signer.sign(candidate.name.full, candidate.version, candidate.integrity),
    manifest: storedManifest(candidate),
    readme: inspection.skills.map((skill) => skill.text).join("\n\n"),
    warnings: [...inspection.issues, ...inspection.waived],
    deprecated: null,
    unpublishedAt: null,
  };
}

/** package.json's public fields plus the skill manifests: `skill` for a single skill, `skills` for a pack. */
function storedManifest(candidate: Candidate): Record<string, unknown> {
  const { skill: settings, ...fields } = candidate.manifest;
  const { skills } = candidate.inspection;
  const single = skills.find((found) => found.root === "");
  const packed = skills.filter((found) => found.root !== "");
  return {
    ...fields,
    description: fields.description ?? skills.map((found) => found.manifest.description).join(" "),
    ...(single === undefined && settings === undefined
      ? {}
      : { skill: { ...single?.manifest, ...settings } }),
    ...(packed.length === 0
      ? {}
      : { skills: packed.map((found) => ({ path: found.root, ...found.manifest })) }),
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
