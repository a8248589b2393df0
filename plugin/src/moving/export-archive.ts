import type { FileHandle } from "node:fs/promises";
import type { Digest } from "../store/blobs.ts";
import { digestOfIntegrity } from "../store/digest.ts";
import { broken, entryBytes } from "./archive-read.ts";
import { parseManifest, readBlob, readManifest, verifiedEntries } from "./backup-archive.ts";
import { isSigned, isSoundKey } from "./bring-in.ts";
import {
  EXPORT_VERSION,
  type ExportedSkill,
  exportedSkill,
  type ExportManifest,
  exportManifest,
  SKILLS_FILE,
} from "./export-document.ts";
import { parseLines } from "./json-lines.ts";

/** An export that was read once from its beginning to its end. Its keys are those that it names itself: nobody has believed them yet. */
export interface ExportArchive {
  manifest: ExportManifest;
  skills(): AsyncIterable<ExportedSkill>;
  /** Verified again: the file may have been changed since. */
  blob(digest: Digest, size: number): Promise<Buffer>;
}

/**
 * Opens an export. Throws EARCHIVE, before anything of it is used, for one that is cut off, damaged or changed, that has other files or
 * skills than it says, or a version that none of its keys has signed.
 */
export async function openExport(file: FileHandle): Promise<ExportArchive> {
  const entries = await verifiedEntries(file, (path) => path === SKILLS_FILE);
  const manifest = parseManifest(await readManifest(file, entries.manifest), exportManifest, EXPORT_VERSION);
  const listed = entries.files.get(SKILLS_FILE);
  if (listed === undefined) throw broken(`${SKILLS_FILE} is missing`);
  if (listed.sha256 !== manifest.skills.sha256) throw broken(`${SKILLS_FILE} is not what the manifest says`);
  const skills = async function* skills(): AsyncIterable<ExportedSkill> {
    let count = 0;
    for await (const line of parseLines(SKILLS_FILE, entryBytes(file, listed.entry))) {
      count += 1;
      yield parseSkill(line, `${SKILLS_FILE}, line ${count}`);
    }
  };
  await requireSound(manifest, skills(), new Map(entries.blobs));
  return {
    manifest,
    skills,
    async blob(digest, size) {
      const bytes = await readBlob(file, entries.blobs.get(digest), { digest, size });
      if (bytes === undefined) throw broken("it was changed while it was read");
      return bytes;
    },
  };
}

function parseSkill(line: unknown, where: string): ExportedSkill {
  const parsed = exportedSkill.safeParse(line);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw broken(`${where}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
}

async function requireSound(
  { namespaces, keys, skills: { count } }: ExportManifest,
  skills: AsyncIterable<ExportedSkill>,
  blobs: Map<Digest, { size: number }>,
): Promise<void> {
  const unsound = keys.find((key) => !isSoundKey(key));
  if (unsound !== undefined) throw broken(`${unsound.keyid} is not the id of the key that it stands by`);
  const names = new Set<string>();
  const needed = new Set<Digest>();
  for await (const { name, versions } of skills) {
    if (names.has(name.full)) throw broken(`it has ${name.full} twice`);
    if (!namespaces.includes(name.namespace)) throw broken(`${name.full} is in none of its namespaces`);
    names.add(name.full);
    for (const version of versions) {
      const digest = digestOfIntegrity(version.integrity);
      const id = `${name.full}@${version.version}`;
      if (blobs.get(digest)?.size !== version.size)
        throw broken(`the tarball of ${id} is missing, or has another size`);
      if (!isSigned(name.full, version, keys)) throw broken(`the signature of ${id} does not hold`);
      needed.add(digest);
    }
  }
  if (names.size !== count) throw broken(`it has ${names.size} skills where its manifest says ${count}`);
  if (needed.size !== blobs.size) throw broken("it has tarballs that none of its versions needs");
}
