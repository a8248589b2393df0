import type { FileHandle } from "node:fs/promises";
import { printable, SkillsError } from "@skills-registry/schema";
import { Header, Pax } from "tar";

/**
 * Reads an archive of `archive-write.ts`, and nothing else that a tar may be: plain files with plain names, each once. Sizes are held
 * against the file itself before anything is read, so that no number in it can ask for memory.
 */

const BLOCK = 512;
/** An extended header says the name, which has at most some 140 bytes. */
const PAX_MAX = 2 * BLOCK;
/** What an archive may hold at most; the largest that we know of has some 100,000. */
const ENTRIES_MAX = 50_000_000;
const CHUNK = 1024 * 1024;

export interface ArchiveEntry {
  path: string;
  /** Bytes. */
  size: number;
  /** Where its bytes begin. */
  offset: number;
}

/** Every file of the archive in its order. Throws EARCHIVE at the first place that is not as it should be. */
export async function* archiveEntries(file: FileHandle): AsyncIterable<ArchiveEntry> {
  const { size: total } = await file.stat();
  let at = 0;
  let long: string | undefined;
  for (let count = 0; count < ENTRIES_MAX; count += 1) {
    const block = await readAt(file, at, BLOCK);
    if (isZero(block)) return await requireEnd(file, at, total);
    const { header, type } = decode(block, at);
    const size = header.size ?? 0;
    const offset = at + BLOCK;
    at = offset + Math.ceil(size / BLOCK) * BLOCK;
    if (at > total) throw broken("it ends too early: it was cut off");
    if (type === "ExtendedHeader") {
      long = await longPath(file, { offset, size, again: long !== undefined });
      continue;
    }
    yield { path: long ?? header.path ?? "", size, offset };
    long = undefined;
  }
  throw broken("it has more files than any registry");
}

/** The bytes of an entry, some of them at a time. */
export async function* entryBytes(file: FileHandle, { offset, size }: ArchiveEntry): AsyncIterable<Buffer> {
  for (let done = 0; done < size; done += CHUNK) {
    yield await readAt(file, offset + done, Math.min(CHUNK, size - done));
  }
}

/** An archive that cannot be used, and why. */
export function broken(reason: string): SkillsError {
  return new SkillsError("EARCHIVE", `the archive cannot be used: ${reason}`);
}

/** A name out of the archive, for a message. */
export function shownPath(path: string): string {
  return JSON.stringify(printable(path.slice(0, 160)));
}

function decode(block: Buffer, at: number): { header: Header; type: "File" | "ExtendedHeader" } {
  const header = new Header(block);
  const { type, size } = header;
  const isSound = header.cksumValid && size !== undefined && Number.isSafeInteger(size) && size >= 0;
  if (!isSound) throw broken(`at byte ${at} there is no header of a file`);
  if (type !== "File" && type !== "ExtendedHeader") {
    throw broken(`${shownPath(header.path ?? "")} is neither a file nor its name`);
  }
  return { header, type };
}

async function longPath(
  file: FileHandle,
  { offset, size, again }: { offset: number; size: number; again: boolean },
): Promise<string> {
  if (again || size > PAX_MAX) throw broken(`at byte ${offset} there is no name of a file`);
  const { path, size: other, linkpath } = Pax.parse((await readAt(file, offset, size)).toString("utf8"));
  if (path === undefined || other !== undefined || linkpath !== undefined) {
    throw broken(`at byte ${offset} there is more than the name of a file`);
  }
  return path;
}

async function requireEnd(file: FileHandle, at: number, total: number): Promise<void> {
  const rest = total - at;
  // Other writers fill up to their block size.
  if (rest < 2 * BLOCK || rest > CHUNK || !isZero(await readAt(file, at, rest))) {
    throw broken("it does not end as it should: something was cut off, or put behind it");
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) throw broken("it ends too early: it was cut off");
    done += bytesRead;
  }
  return buffer;
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
