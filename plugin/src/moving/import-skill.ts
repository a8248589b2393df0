import { SkillsError } from "@skills-registry/schema";
import { applySkill, type Application } from "../mirror/apply.ts";
import { planSkill, type SignedVersion } from "../mirror/plan.ts";
import { proveSignatures } from "../mirror/prove-signatures.ts";
import type { Shown } from "../mirror/shown.ts";
import type { Parts } from "../registry/parts.ts";
import { withBlobs } from "../registry/with-blob.ts";
import { digestOfIntegrity } from "../store/digest.ts";
import type { Version } from "../store/metadata.ts";
import { inspectForeign, type PublicKey } from "./bring-in.ts";
import type { ExportArchive } from "./export-archive.ts";
import type { ExportedSkill } from "./export-document.ts";

/** Written in one transaction, and held in memory until then. */
const BATCH_VERSIONS = 20;
const BATCH_BYTES = 16 * 1024 * 1024;

export interface SkillImport {
  parts: Pick<Parts, "metadata" | "blobs" | "nodes" | "config" | "now">;
  archive: Pick<ExportArchive, "blob">;
  /** What `mirrors` calls the registry that the export is of. */
  url: string;
  keys: PublicKey[];
}

/**
 * Makes the copy of a skill what the export shows; returns how many versions came. Everything is verified before anything is written.
 * Throws EVERSIONTAKEN for a version that is here with other bytes, and what `inspectForeign` throws.
 */
export async function importSkill(work: SkillImport, skill: ExportedSkill): Promise<number> {
  const { parts, url, keys } = work;
  const shown = shownOf(skill);
  const { full } = skill.name;
  const found = await parts.metadata.package(full);
  const known = found === undefined ? [] : await parts.metadata.versions(found.id);
  const trusted = { url, proved: await proveSignatures(known, shown, keys), refusals: [] };
  const { missing, refused } = planSkill(known, shown, trusted);
  const [first] = refused;
  if (first !== undefined) {
    throw new SkillsError("EVERSIONTAKEN", `${full}@${first.version}: ${first.reason}`, {
      hint: "A published version never changes. Ask the registry that the export is of which of the two it published.",
    });
  }
  const sizes = new Map(skill.versions.map(({ version, size }) => [version, size]));
  const records: Version[] = [];
  for (const version of missing) {
    records.push(await recordOf(work, { shown, version, size: sizes.get(version.version) ?? 0 }));
  }
  for (const fetched of batches(records)) await write(work, { shown, trusted, fetched });
  await parts.metadata.transaction(async (tx) => {
    await applySkill(tx, { shown, trusted, fetched: [], at: parts.now().toISOString() });
    const { rev, name } = skill;
    await tx.putMirroredSkill({ name: full, namespace: name.namespace, rev });
  }, `package ${full}`);
  return missing.length;
}

function shownOf({ name, visibility, versions, withdrawn, tags }: ExportedSkill): Shown {
  return {
    name,
    visibility,
    versions: versions.map(({ size: _size, signature, ...version }) => ({
      ...version,
      signatures: [signature],
      fault: null,
    })),
    withdrawn,
    tags,
  };
}

async function recordOf(
  { parts, archive }: SkillImport,
  { shown, version, size }: { shown: Shown; version: SignedVersion; size: number },
): Promise<Version> {
  const { signatures: _signatures, fault: _fault, deprecated, ...said } = version;
  const tarball = await archive.blob(digestOfIntegrity(said.integrity), size);
  const record = await inspectForeign({ ...said, name: shown.name, tarball }, parts.config.limits);
  return { ...record, deprecated };
}

function* batches(records: Version[]): Iterable<Version[]> {
  let batch: Version[] = [];
  let bytes = 0;
  for (const record of records) {
    batch.push(record);
    bytes += record.size;
    if (batch.length < BATCH_VERSIONS && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

async function write(
  { parts, archive }: SkillImport,
  target: Pick<Application, "shown" | "trusted" | "fetched">,
): Promise<void> {
  const blobs = [];
  for (const { integrity, size } of target.fetched) {
    const digest = digestOfIntegrity(integrity);
    blobs.push({ digest, bytes: await archive.blob(digest, size) });
  }
  const at = parts.now().toISOString();
  const scope = `package ${target.shown.name.full}` as const;
  await withBlobs(parts, { blobs, scope }, async (tx) => await applySkill(tx, { ...target, at }));
}
