import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { printable, SkillsError } from "@skills-registry/schema";
import type { Parts } from "../registry/parts.ts";
import { isLive } from "../registry/versions.ts";
import { withdrawnOf } from "../registry/withdrawn.ts";
import { digestOfIntegrity } from "../store/digest.ts";
import type { Metadata, Package } from "../store/metadata.ts";
import { archiveOutput, type ArchiveOutput, withScratch } from "./archive-file.ts";
import { type ArchiveWriter, archiveWriter } from "./archive-write.ts";
import { blobPath, MANIFEST } from "./backup-manifest.ts";
import type { PublicKey } from "./bring-in.ts";
import {
  EXPORT_FORMAT,
  EXPORT_VERSION,
  type ExportedSkillLine,
  type ExportManifest,
  SKILLS_FILE,
} from "./export-document.ts";
import { intactBlob, type WantedBlobs } from "./wanted-blobs.ts";

/** Tarballs between two lines of progress. */
const PROGRESS_EVERY = 500;

export interface Exporting {
  parts: Pick<Parts, "metadata" | "blobs" | "now">;
  namespaces: string[];
  file: string;
  progress(text: string): void;
}

/**
 * Writes namespaces with all their skills, restricted ones too, into an archive. Each skill is as it was at one moment. Throws ENOTFOUND
 * for a namespace that is not there, EBADREQUEST for a file that is, ESTORAGE for a tarball that is missing or damaged.
 */
export async function exportNamespaces(work: Exporting): Promise<ExportManifest> {
  for (const namespace of work.namespaces) await requireNamespace(work.parts.metadata, namespace);
  return await withScratch(async (scratch) => {
    const output = await archiveOutput(work.file);
    try {
      const manifest = await writeExport(work, output, path.join(scratch, SKILLS_FILE));
      await output.finish();
      return manifest;
    } catch (error) {
      await output.discard();
      throw error;
    }
  });
}

async function requireNamespace(metadata: Metadata, name: string): Promise<void> {
  const found = await metadata.namespace(name);
  if (found === undefined) throw new SkillsError("ENOTFOUND", `there is no namespace @${name.slice(0, 80)}`);
  if (found.movedTo !== null)
    throw new SkillsError("ESKILLMOVED", `the namespace @${name} is called @${found.movedTo} now`);
}

async function writeExport(
  { parts, namespaces, progress }: Exporting,
  output: ArchiveOutput,
  scratchFile: string,
): Promise<ExportManifest> {
  const now = parts.now();
  const archive = archiveWriter(output.write, now);
  const wanted: WantedBlobs = new Map();
  const usedKeys = new Set<string>();
  const hash = createHash("sha256");
  const written = { count: 0, bytes: 0 };
  await pipeline(
    async function* lines() {
      for await (const skill of skillsOf(parts.metadata, namespaces)) {
        for (const { integrity, size, signature } of skill.versions) {
          wanted.set(digestOfIntegrity(integrity), size);
          usedKeys.add(signature.keyid);
        }
        const line = Buffer.from(`${JSON.stringify(skill)}\n`);
        hash.update(line);
        written.count += 1;
        written.bytes += line.length;
        yield line;
      }
    },
    createWriteStream(scratchFile, { flags: "wx", mode: 0o600 }),
  );
  await archive.add(SKILLS_FILE, written.bytes, createReadStream(scratchFile));
  progress(`${written.count} skills are written; ${wanted.size} tarballs are needed\n`);
  const blobs = await addBlobs(parts, { archive, wanted, progress });
  const manifest: ExportManifest = {
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    registry: await parts.metadata.registryId(),
    createdAt: now.toISOString(),
    namespaces,
    keys: (await publicKeysOf(parts.metadata)).filter(({ keyid }) => usedKeys.has(keyid)),
    skills: { count: written.count, sha256: hash.digest("hex") },
    blobs,
  };
  const text = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
  await archive.add(MANIFEST, text.length, [text]);
  await archive.end();
  return manifest;
}

/** The registry's own, and those of the registries that it copies from. */
export async function publicKeysOf(metadata: Metadata): Promise<PublicKey[]> {
  const own = await metadata.signingKey();
  const all = [...(own === undefined ? [] : [own]), ...(await metadata.mirrorKeys())];
  const byId = new Map(all.map(({ keyid, publicKey }) => [keyid, { keyid, publicKey }]));
  return [...byId.values()];
}

async function* skillsOf(metadata: Metadata, namespaces: string[]): AsyncIterable<ExportedSkillLine> {
  for (const namespace of namespaces) {
    for (const found of await metadata.packagesIn(namespace)) yield await skillOf(metadata, found);
  }
}

/** Read again when it was changed meanwhile: its tags and its versions belong together. */
async function skillOf(metadata: Metadata, found: Package): Promise<ExportedSkillLine> {
  const versions = await metadata.versions(found.id);
  const tags = await metadata.distTags(found.id);
  const current = await metadata.package(found.name);
  if (current !== undefined && current.rev !== found.rev) return await skillOf(metadata, current);
  return {
    name: found.name,
    visibility: found.visibility,
    rev: String(found.rev),
    versions: versions.filter(isLive).map((version) => ({
      version: version.version,
      integrity: version.integrity,
      size: version.size,
      signature: version.signature,
      publishedAt: version.publishedAt,
      publisher: version.publisher,
      provenance: version.provenance,
      publishedAs: version.publishedAs,
      deprecated: version.deprecated === null ? null : printable(version.deprecated),
    })),
    withdrawn: withdrawnOf(versions).map(({ version, quarantine: { at, reason } }) => ({
      version,
      at,
      reason,
    })),
    tags: Object.fromEntries(tags.map(({ tag, version }) => [tag, version])),
  };
}

async function addBlobs(
  { blobs }: Exporting["parts"],
  {
    archive,
    wanted,
    progress,
  }: { archive: ArchiveWriter; wanted: WantedBlobs; progress(text: string): void },
): Promise<ExportManifest["blobs"]> {
  const written = { count: 0, bytes: 0 };
  for (const [digest, size] of wanted) {
    const bytes = await intactBlob(blobs, digest, size);
    if (bytes === undefined) {
      throw new SkillsError("ESTORAGE", `the tarball ${digest.slice(0, 16)}… is missing or damaged`, {
        hint: "skills-registry verify names its version. Where one was unpublished a moment ago, begin again.",
      });
    }
    await archive.add(blobPath(digest), size, [bytes]);
    written.count += 1;
    written.bytes += size;
    if (written.count % PROGRESS_EVERY === 0)
      progress(`${written.count} of ${wanted.size} tarballs are written\n`);
  }
  return written;
}
