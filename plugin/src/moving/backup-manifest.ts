import { z } from "zod";
import { DUMPED_TABLES } from "../store/metadata/dump-tables.ts";

/**
 * An archive of a whole registry: `metadata/<table>.jsonl` with a row on each line, `blobs/<sha512 in hex>` with the tarballs that its
 * versions need, and last of all `manifest.json`, which makes an archive that was cut off one without it.
 */
export const BACKUP_FORMAT = "skills-registry backup";
/** Rises with every change of what the files hold; docs/operating.md has them all. */
export const BACKUP_VERSION = 1;

export const MANIFEST = "manifest.json";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const tableFile = z.strictObject({ rows: count, bytes: count, sha256 });
const names = DUMPED_TABLES.map(({ name }) => name);

export const backupManifest = z.strictObject({
  format: z.literal(BACKUP_FORMAT),
  version: z.literal(BACKUP_VERSION),
  /** Id of the registry. */
  registry: z.string().min(1).max(64),
  createdAt: z.iso.datetime(),
  tables: z.strictObject(Object.fromEntries(names.map((name) => [name, tableFile]))),
  blobs: z.strictObject({ count, bytes: count }),
  /** Digests of tarballs that were missing or damaged when the archive was made. */
  missing: z.array(z.string().regex(/^[0-9a-f]{128}$/)),
  /** Last entry of the audit log, where its chain was sound; null where it was broken. */
  audit: z.strictObject({ id: count, hash: sha256 }).nullable(),
});
export type BackupManifest = z.infer<typeof backupManifest>;

/** Looked at first: another format is told from a damaged one. */
export const anyManifest = z.looseObject({ format: z.string().max(100), version: z.number().int() });

export function tablePath(table: string): string {
  return `metadata/${table}.jsonl`;
}

export function blobPath(digest: string): string {
  return `blobs/${digest}`;
}
