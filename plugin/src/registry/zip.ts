import { isUtf8 } from "node:buffer";
import { type Entry, type Issue, issue, type Limits, printable, ratioCap } from "@skills-registry/schema";
import { type Entry as ZipEntry, fromBufferPromise, getFileNameLowLevel, type ZipFile } from "yauzl";
import { DEFLATED, inflateMember, STORED, type ZipMember } from "./zip-data.ts";
import { directoryProblem } from "./zip-directory.ts";

/** General purpose flags of an entry. */
const UTF8_NAME = 0x800;
const ENCRYPTED = 0x1 | 0x40 | 0x2000;
/** Extra fields: sizes beyond 4 GB, and a name in Unicode beside one that is not. */
const ZIP64_FIELD = 0x0001;
const UNICODE_NAME_FIELD = 0x7075;

/** File types in the upper half of the external attributes, where Unix keeps its mode; 0 says nothing. */
const TYPE_MASK = 0o170000;
const TYPES: Record<number, Entry["type"]> = {
  0: "file",
  0o100000: "file",
  0o040000: "directory",
  0o120000: "symlink",
};

export interface ReadZip {
  /** In the order of the directory, under the paths of the archive; without data when `complete` is false. */
  entries: Entry[];
  issues: Issue[];
  /** False for an archive that could not be read to its end. */
  complete: boolean;
}

/** A file or folder of the directory, and what was wrong with it. */
interface Listed extends ZipMember {
  type: Entry["type"];
  mode: number;
  issues: Issue[];
}

/**
 * Takes a .zip apart. What it unpacks to is decided by its directory before anything is inflated, and each file is cut off
 * at the size that it claims. Paths, links and clashes are judged by the rules for all archives, not here. Never throws.
 */
export async function readZip(bytes: Buffer, limits: Limits): Promise<ReadZip> {
  const problem = directoryProblem(bytes, limits);
  if (problem !== undefined) return { entries: [], issues: [damaged("", problem)], complete: false };
  const { listed, issues } = await listMembers(bytes);
  const found = [
    ...issues,
    ...listed.flatMap((member) => member.issues),
    ...inspectSizes(bytes, listed, limits),
  ];
  if (found.length > 0)
    return { entries: listed.map((member) => toEntry(member)), issues: found, complete: false };
  const entries: Entry[] = [];
  for (const member of listed) {
    const data = await inflateMember(bytes, member);
    if (typeof data === "string") return { entries, issues: [damaged(member.path, data)], complete: false };
    entries.push(toEntry(member, data));
  }
  return { entries, issues: [], complete: true };
}

/** yauzl reads the directory; whatever it throws is about the bytes. */
async function listMembers(bytes: Buffer): Promise<{ listed: Listed[]; issues: Issue[] }> {
  const listed: Listed[] = [];
  try {
    const zip = await fromBufferPromise(bytes, { decodeStrings: false });
    for await (const entry of zip.eachEntry()) listed.push(await listMember(zip, entry));
  } catch (error) {
    const message = error instanceof Error ? printable(error.message.slice(0, 200)) : "it cannot be read";
    return { listed, issues: [damaged("", message)] };
  }
  return { listed, issues: inspectOverlaps(listed) };
}

async function listMember(zip: ZipFile, entry: ZipEntry): Promise<Listed> {
  const local = await zip.readLocalFileHeaderPromise(entry);
  const name = nameOf(entry);
  const path = name?.replace(/\/$/, "") ?? "";
  const mode = entry.externalFileAttributes >>> 16;
  const listed: Listed = {
    path,
    type: name?.endsWith("/") === true ? "directory" : (TYPES[mode & TYPE_MASK] ?? "other"),
    mode: mode & 0o777,
    start: entry.relativeOffsetOfLocalHeader,
    dataStart: local.fileDataStart,
    end: local.fileDataStart + entry.compressedSize,
    size: entry.uncompressedSize,
    method: entry.compressionMethod,
    crc32: entry.crc32,
    issues: [],
  };
  if (name === undefined) {
    listed.issues.push(
      issue("archive.path.encoding", { path: "", message: "the path of an entry is not UTF-8" }),
    );
  }
  const isSame =
    local.fileName.equals(entry.fileNameRaw) && local.compressionMethod === entry.compressionMethod;
  const problem = isSame ? problemOf(entry, listed) : "its header differs from the directory";
  if (problem !== undefined) listed.issues.push(damaged(path, problem));
  return listed;
}

/** Undefined for a name that says it is UTF-8 and is not. macOS writes UTF-8 and does not say so. */
function nameOf(entry: ZipEntry): string | undefined {
  const raw = entry.fileNameRaw;
  const hasOther = entry.extraFields.some(({ id }) => id === UNICODE_NAME_FIELD);
  if (isUtf8(raw) && !hasOther) return raw.toString("utf8");
  if ((entry.generalPurposeBitFlag & UTF8_NAME) !== 0) return undefined;
  return getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, true);
}

function problemOf(entry: ZipEntry, { type, size, method }: Listed): string | undefined {
  if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) return "it is encrypted";
  if (entry.extraFields.some(({ id }) => id === ZIP64_FIELD)) return "it has ZIP64 sizes";
  if (method !== STORED && method !== DEFLATED) return `it is compressed by method ${method}`;
  if (type === "directory" && size > 0) return "it is a folder with data";
  return undefined;
}

/** Files that share their data make large bombs of small archives. */
function inspectOverlaps(listed: Listed[]): Issue[] {
  const sorted = listed.toSorted((a, b) => a.start - b.start);
  const index = sorted.findIndex(
    (member, position) => member.end > (sorted[position + 1]?.start ?? Infinity),
  );
  const found = sorted[index];
  return found === undefined ? [] : [damaged(found.path, "its data overlap those of another file")];
}

function inspectSizes(bytes: Buffer, listed: Listed[], limits: Limits): Issue[] {
  const total = listed.reduce((sum, { size }) => sum + size, 0);
  const cap = ratioCap(bytes.length, limits);
  const issues = listed
    .filter(({ size }) => size > limits.file)
    .map(({ path, size }) =>
      issue("archive.limit.file", {
        path,
        message: `the file has ${size} bytes, the limit is ${limits.file}`,
      }),
    );
  if (total > limits.unpacked) {
    issues.push(
      issue("archive.limit.unpacked", {
        path: "",
        message: `the files have ${total} bytes, the limit is ${limits.unpacked}`,
      }),
    );
  }
  if (total > cap) {
    issues.push(
      issue("archive.limit.ratio", {
        path: "",
        message: `the archive unpacks to more than ${cap} bytes`,
      }),
    );
  }
  return issues;
}

function toEntry({ path, type, mode }: Listed, data: Uint8Array = new Uint8Array()): Entry {
  return { path, type, mode, data: type === "file" ? data : new Uint8Array() };
}

function damaged(path: string, message: string): Issue {
  return issue("archive.zip", { path, message });
}
