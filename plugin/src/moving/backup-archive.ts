import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { z } from "zod";
import type { Digest } from "../store/blobs.ts";
import { digestOf, isDigest } from "../store/digest.ts";
import type { DumpedRow } from "../store/metadata.ts";
import { DUMPED_TABLES, type TableShape } from "../store/metadata/dump-tables.ts";
import { type ArchiveEntry, archiveEntries, broken, entryBytes, shownPath } from "./archive-read.ts";
import {
  anyManifest,
  BACKUP_VERSION,
  type BackupManifest,
  backupManifest,
  MANIFEST,
  tablePath,
} from "./backup-manifest.ts";
import { parseLines } from "./json-lines.ts";

/** Bytes of a manifest: some KB, and 130 for each tarball that was missing. */
const MANIFEST_MAX = 64 * 1024 * 1024;

/** A backup that was read once from its beginning to its end, every byte of it verified. */
export interface BackupArchive {
  manifest: BackupManifest;
  rows(): AsyncIterable<DumpedRow>;
  /** Bytes of each tarball. */
  blobs: Map<Digest, number>;
  /** Verified again: the file may have been changed since. Undefined for one that the archive does not have. */
  blob(digest: Digest, size: number): Promise<Buffer | undefined>;
}

/**
 * Opens a backup. Throws EARCHIVE, before anything of it is used, for one that is cut off, damaged or changed, that has files beyond
 * its own, or that a newer release wrote.
 */
export async function openBackup(file: FileHandle): Promise<BackupArchive> {
  const entries = await verifiedEntries(file, (path) => path.startsWith("metadata/"));
  const manifest = parseManifest(await readManifest(file, entries.manifest), backupManifest, BACKUP_VERSION);
  const tables = new Map(DUMPED_TABLES.map((table) => [tablePath(table.name), table]));
  for (const [path, { sha256 }] of entries.files) {
    const table = tables.get(path);
    if (table === undefined) throw broken(`it has a file ${shownPath(path)}, which no backup has`);
    if (manifest.tables[table.name]?.sha256 !== sha256) throw broken(`${path} is not what the manifest says`);
  }
  for (const path of tables.keys()) if (!entries.files.has(path)) throw broken(`${path} is missing`);
  if (entries.blobs.size !== manifest.blobs.count) {
    throw broken(`it has ${entries.blobs.size} tarballs where its manifest says ${manifest.blobs.count}`);
  }
  return {
    manifest,
    async *rows() {
      for (const [path, table] of tables) {
        const entry = entries.files.get(path)?.entry;
        if (entry !== undefined) yield* tableRows(file, { path, table, entry });
      }
    },
    blobs: new Map(Array.from(entries.blobs, ([digest, { size }]) => [digest, size])),
    blob: async (digest, size) => await readBlob(file, entries.blobs.get(digest), { digest, size }),
  };
}

export interface VerifiedEntries {
  manifest: ArchiveEntry;
  /** By path: those that `isFile` takes, with the SHA-256 of their bytes. */
  files: Map<string, { entry: ArchiveEntry; sha256: string }>;
  blobs: Map<Digest, ArchiveEntry>;
}

/** Reads an archive whole. Tarballs have to be what their names say. */
export async function verifiedEntries(
  file: FileHandle,
  isFile: (path: string) => boolean,
): Promise<VerifiedEntries> {
  const files: VerifiedEntries["files"] = new Map();
  const blobs: VerifiedEntries["blobs"] = new Map();
  let manifest: ArchiveEntry | undefined;
  for await (const entry of archiveEntries(file)) {
    const { path } = entry;
    if (manifest !== undefined) throw broken("there is something behind its manifest");
    const digest = path.startsWith("blobs/") ? path.slice("blobs/".length) : "";
    if (path === MANIFEST) manifest = entry;
    else if (isDigest(digest) && !blobs.has(digest)) {
      if ((await hashOf(file, entry, "sha512")) !== digest)
        throw broken(`${shownPath(path)} has other bytes`);
      blobs.set(digest, entry);
    } else if (isFile(path) && !files.has(path)) {
      files.set(path, { entry, sha256: await hashOf(file, entry, "sha256") });
    } else throw broken(`it has a file ${shownPath(path)} that should not be there`);
  }
  if (manifest === undefined) throw broken("it has no manifest: it was cut off, or is something else");
  return { manifest, files, blobs };
}

async function hashOf(
  file: FileHandle,
  entry: ArchiveEntry,
  algorithm: "sha256" | "sha512",
): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of entryBytes(file, entry)) hash.update(chunk);
  return hash.digest("hex");
}

/** The manifest as JSON. Throws EARCHIVE. */
export async function readManifest(file: FileHandle, entry: ArchiveEntry): Promise<unknown> {
  if (entry.size > MANIFEST_MAX) throw broken("its manifest is too large");
  const chunks = await Array.fromAsync(entryBytes(file, entry));
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw broken("its manifest is not JSON");
  }
}

/** Throws EARCHIVE for a manifest of another kind, of a newer release, or that does not parse. */
export function parseManifest<T>(document: unknown, schema: z.ZodType<T>, known: number): T {
  const any = anyManifest.safeParse(document);
  if (any.success && any.data.version > known) {
    throw broken(
      `it was written by a newer release (format ${any.data.version}, this release knows ${known})`,
    );
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw broken(
    `its manifest is none of this kind: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim(),
  );
}

async function* tableRows(
  file: FileHandle,
  { path, table, entry }: { path: string; table: TableShape; entry: ArchiveEntry },
): AsyncIterable<DumpedRow> {
  let count = 0;
  for await (const line of parseLines(path, entryBytes(file, entry))) {
    count += 1;
    yield { table: table.name, row: parseRow(table, line, `${path}, line ${count}`) };
  }
}

function parseRow(table: TableShape, line: unknown, where: string): DumpedRow["row"] {
  try {
    return table.parse(line);
  } catch (cause) {
    throw Object.assign(broken(`${where} is no row of that table`), { cause });
  }
}

/** Undefined for one that is not there. Throws EARCHIVE for one of another size, or with other bytes. */
export async function readBlob(
  file: FileHandle,
  entry: ArchiveEntry | undefined,
  { digest, size }: { digest: Digest; size: number },
): Promise<Buffer | undefined> {
  if (entry === undefined) return undefined;
  if (entry.size !== size) throw broken(`a tarball has ${entry.size} bytes where its version says ${size}`);
  const bytes = Buffer.concat(await Array.fromAsync(entryBytes(file, entry)));
  if (digestOf(bytes) !== digest) throw broken("it was changed while it was read");
  return bytes;
}
