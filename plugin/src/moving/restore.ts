import path from "node:path";
import { SkillsError } from "@skills-registry/schema";
import { verifyAudit } from "../registry/audit-chain.ts";
import type { Config } from "../config.ts";
import type { Digest } from "../store/blobs.ts";
import type { Metadata } from "../store/metadata.ts";
import { openSqlite } from "../store/metadata/sqlite/open.ts";
import { archiveInput, withScratch } from "./archive-file.ts";
import { broken } from "./archive-read.ts";
import { type BackupArchive, openBackup } from "./backup-archive.ts";
import { copyRegistry, indexTarget, type RegistryCopy, requireSame } from "./copy-registry.ts";
import { withTarget } from "./migrate.ts";
import { noteWanted, type WantedBlobs } from "./wanted-blobs.ts";

export interface Restoring {
  file: string;
  to: Config;
  now: () => Date;
  progress(text: string): void;
}

export interface Restored extends RegistryCopy {
  registry: string;
  /** When the backup was made. */
  createdAt: string;
  skills: number;
  /** Digests of tarballs that the backup does not have: they were missing or damaged when it was made. */
  missing: string[];
}

/**
 * Makes unused stores the registry that a backup is of. The archive is read whole and loaded into a database of its own first: what is
 * wrong with it is found before anything of the target is touched. Throws EARCHIVE, or EBADREQUEST for a target that was used.
 */
export async function restore({ file, to, now, progress }: Restoring): Promise<Restored> {
  return await withScratch(async (scratch) => {
    await using handle = await archiveInput(file, scratch);
    const archive = await openBackup(handle);
    const { registry, createdAt, missing } = archive.manifest;
    progress(`the archive is whole: registry ${registry} of ${createdAt}\n`);
    const loaded = await openSqlite({ file: path.join(scratch, "loaded.sqlite") });
    try {
      await loadSound(loaded, archive);
      progress("its rows fit together\n");
      return await withTarget(to, { registry }, async (target) => {
        await requireUnused(target.metadata);
        const read = async (digest: Digest, size: number) => await archive.blob(digest, size);
        const copy = await copyRegistry({ metadata: loaded, read, missing, progress }, target);
        await requireSame(loaded, target.metadata);
        await indexTarget(target.metadata, now, progress);
        const { packages: skills } = await target.metadata.counts("everything");
        return { ...copy, registry, createdAt, skills, missing };
      });
    } finally {
      await loaded.close();
    }
  });
}

/** Throws EARCHIVE when the rows do not fit each other, the tarballs, or the log. */
async function loadSound(loaded: Metadata, archive: BackupArchive): Promise<void> {
  const { audit, missing, registry } = archive.manifest;
  const wanted: WantedBlobs = new Map();
  await loaded
    .load(async function* noted() {
      for await (const row of archive.rows()) {
        noteWanted(wanted, row);
        yield row;
      }
    })
    .catch((error: unknown) => {
      if (error instanceof SkillsError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw broken(`its rows do not fit together: ${reason}`);
    });
  if ((await loaded.registryId().catch(() => "")) !== registry)
    throw broken("its rows are of another registry than its manifest");
  requireSameBlobs(wanted, archive.blobs, new Set(missing));
  if (audit === null) return;
  const verdict = await verifyAudit(loaded, { expected: audit });
  if (!verdict.intact) throw broken(`its audit log is broken at entry ${verdict.id}: ${verdict.problem}`);
}

function requireSameBlobs(wanted: WantedBlobs, blobs: Map<Digest, number>, missing: Set<string>): void {
  for (const [digest, size] of wanted) {
    if (blobs.get(digest) === size || missing.has(digest)) continue;
    throw broken(`the tarball ${digest.slice(0, 16)}… is missing, or has another size than its version says`);
  }
  for (const digest of blobs.keys()) {
    if (!wanted.has(digest)) throw broken(`it has a tarball ${digest.slice(0, 16)}… that no version needs`);
  }
}

async function requireUnused(metadata: Metadata): Promise<void> {
  if ((await metadata.used()).length === 0) return;
  throw new SkillsError("EBADREQUEST", "the target holds this registry already", {
    hint: "A backup is restored into a database and a folder or bucket that no registry has used.",
  });
}
