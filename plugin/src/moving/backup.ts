import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { SkillsError } from "@skills-registry/schema";
import { verifyAudit } from "../registry/audit-chain.ts";
import { SWEEP_LEASE } from "../registry/sweep.ts";
import type { Digest } from "../store/blobs.ts";
import { integrityOf } from "../store/digest.ts";
import type { Metadata } from "../store/metadata.ts";
import type { Lease } from "../store/nodes.ts";
import type { Parts } from "../registry/parts.ts";
import { type ArchiveOutput, archiveOutput, withScratch } from "./archive-file.ts";
import { type ArchiveWriter, archiveWriter } from "./archive-write.ts";
import {
  BACKUP_FORMAT,
  BACKUP_VERSION,
  type BackupManifest,
  blobPath,
  MANIFEST,
  tablePath,
} from "./backup-manifest.ts";
import { readTable, type TableFile, writeDump } from "./dump-files.ts";
import { STANDARD } from "./standard.ts";
import { intactBlob, noteWanted, type WantedBlobs } from "./wanted-blobs.ts";

/** How often it is begun anew when a version was unpublished, and its tarball swept, under its hands. */
const TRIES = 3;
/** Sweeps wait for so long after a backup that was killed. It is held anew all the while. */
const LEASE_SECONDS = 15 * 60;
const EXTEND_MS = (LEASE_SECONDS * 1_000) / 3;
/** Tarballs between two lines of progress. */
const PROGRESS_EVERY = 500;

export type BackupParts = Pick<Parts, "metadata" | "blobs" | "nodes" | "now">;

export interface BackedUp extends Pick<
  BackupManifest,
  "registry" | "createdAt" | "blobs" | "audit" | "missing"
> {
  rows: number;
  /** Of the archive. */
  bytes: number;
}

/**
 * Writes everything that a registry is into one archive, while it goes on working: the state of one moment. A tarball that is missing or
 * damaged is left out and named; everything else is there. Throws EBADREQUEST for a file that is there, ESTORAGE when versions are
 * unpublished faster than their tarballs can be read.
 */
export async function backup(
  parts: BackupParts,
  { file, progress }: { file: string; progress(text: string): void },
): Promise<BackedUp> {
  return await withScratch(async (scratch) => {
    await using _hold = await holdSweeps(parts);
    for (let tries = 1; ; tries += 1) {
      const output = await archiveOutput(file);
      try {
        const folder = await mkdtemp(path.join(scratch, "dump-"));
        const made = await writeArchive(parts, { output, folder, progress });
        await output.finish();
        return made;
      } catch (error) {
        await output.discard();
        if (!(error instanceof SweptMeanwhile)) throw error;
        if (tries === TRIES || file === STANDARD) throw unsteady();
        progress("a version was unpublished meanwhile: beginning anew\n");
      }
    }
  });
}

/** A tarball of the state that is backed up is gone, and nobody needs it any more. */
class SweptMeanwhile extends Error {}

function unsteady(): SkillsError {
  return new SkillsError("ESTORAGE", "versions were unpublished while their tarballs were backed up", {
    hint: "Begin again; nothing was written.",
  });
}

/** No node removes a tarball meanwhile. Where the nodes share nothing, `SweptMeanwhile` makes up for it. */
async function holdSweeps({ nodes }: BackupParts): Promise<AsyncDisposable> {
  const lease: Lease | undefined = await nodes.lease(SWEEP_LEASE, LEASE_SECONDS);
  const extending = setInterval(() => void lease?.extend(LEASE_SECONDS).catch(() => false), EXTEND_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(extending);
      await lease?.end();
    },
  };
}

interface Writing {
  output: ArchiveOutput;
  folder: string;
  progress(text: string): void;
}

async function writeArchive(parts: BackupParts, { output, folder, progress }: Writing): Promise<BackedUp> {
  const now = parts.now();
  let bytes = 0;
  const archive = archiveWriter(async (chunk) => {
    bytes += chunk.length;
    await output.write(chunk);
  }, now);
  const wanted: WantedBlobs = new Map();
  const audit = await auditHead(parts.metadata);
  const files = await writeDump(parts.metadata.dump(), folder, (row) => noteWanted(wanted, row));
  for (const table of files) await archive.add(tablePath(table.table), table.bytes, readTable(table));
  progress(`${rowsOf(files)} rows are written; ${wanted.size} tarballs are needed\n`);
  const blobs = await addBlobs(parts, { archive, wanted, progress });
  const manifest: BackupManifest = {
    format: BACKUP_FORMAT,
    version: BACKUP_VERSION,
    registry: await parts.metadata.registryId(),
    createdAt: now.toISOString(),
    tables: Object.fromEntries(
      files.map(({ table, rows, bytes: size, sha256 }) => [table, { rows, bytes: size, sha256 }]),
    ),
    ...blobs,
    audit,
  };
  const text = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
  await archive.add(MANIFEST, text.length, [text]);
  await archive.end();
  const { registry, createdAt, missing } = manifest;
  return { registry, createdAt, blobs: manifest.blobs, audit, missing, rows: rowsOf(files), bytes };
}

function rowsOf(files: TableFile[]): number {
  return files.reduce((sum, { rows }) => sum + rows, 0);
}

/** Of a moment before the dump: the dump has this entry, and maybe some more. */
async function auditHead(metadata: Metadata): Promise<BackupManifest["audit"]> {
  const verdict = await verifyAudit(metadata);
  return verdict.intact ? verdict.head : null;
}

async function addBlobs(
  parts: BackupParts,
  {
    archive,
    wanted,
    progress,
  }: { archive: ArchiveWriter; wanted: WantedBlobs; progress(text: string): void },
): Promise<Pick<BackupManifest, "blobs" | "missing">> {
  const written = { count: 0, bytes: 0 };
  const missing: Digest[] = [];
  for (const [digest, size] of wanted) {
    const bytes = await intactBlob(parts.blobs, digest, size);
    if (bytes === undefined) {
      if (!(await isNeeded(parts.metadata, digest))) throw new SweptMeanwhile();
      missing.push(digest);
      continue;
    }
    await archive.add(blobPath(digest), size, [bytes]);
    written.count += 1;
    written.bytes += size;
    if (written.count % PROGRESS_EVERY === 0)
      progress(`${written.count} of ${wanted.size} tarballs are written\n`);
  }
  return { blobs: written, missing };
}

async function isNeeded(metadata: Metadata, digest: Digest): Promise<boolean> {
  const wanted = integrityOf(digest);
  for await (const integrity of metadata.integrities()) if (integrity === wanted) return true;
  return false;
}
