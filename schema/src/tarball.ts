import type { Entry } from "./entry.ts";
import { gunzip } from "./gunzip.ts";
import { type Issue, issue, type IssueCode } from "./issue.ts";
import type { Limits } from "./limits.ts";
import type { Packer } from "./packer.ts";
import { parseLongName, parsePax, type Pax, PAX_MAX } from "./pax.ts";
import { BLOCK, isZero, parseHeader, type TarHeader } from "./tar-header.ts";
import { grouped, plural, quote } from "./text.ts";

/** The one root folder, as npm writes it. Clients strip the first segment whatever it is called. */
const ROOT = "package";

const FILE_MODES = [0o644, 0o755];
const FOLDER_MODES = [0o755];

/** Typeflags that change how the next or every entry is read: global PAX, GNU long names, sparse files and the like. */
const EXTENSIONS = "gLKXNSVMADI";

/** pnpm packs paths of 100 bytes and more so; its users need to know what to change. */
const LONG_NAME =
  "a path of 100 bytes or more has a GNU long-name header: shorten it, or publish with npm or skills publish";

export interface ReadTarball {
  /** In archive order; paths without npm's leading `package/`, except for entries that lie outside it. */
  entries: Entry[];
  issues: Issue[];
  /** False when reading stopped before the end: then `entries` is a part. */
  complete: boolean;
}

/**
 * Takes a .tgz apart by an allow-list: what two tar readers could read differently is an issue, never a guess.
 * Where reading cannot go on, the issue says why and the entries before it are returned. Never throws.
 * The data of the entries are views into one buffer.
 */
export async function readTarball(
  bytes: Uint8Array,
  limits: Limits,
  packer: Packer = "npm",
): Promise<ReadTarball> {
  if (bytes.length > limits.tarball) {
    const message = `the tarball has ${plural(bytes.length, "byte")}, the limit is ${grouped(limits.tarball)}`;
    return { entries: [], issues: [issue("archive.limit.tarball", { path: "", message })], complete: false };
  }
  const { tar, issues } = await gunzip(bytes, limits, packer);
  if (tar === undefined) return { entries: [], issues, complete: false };
  const read = readTar(tar, limits, packer);
  return { ...read, issues: [...issues, ...read.issues] };
}

/** Ends the reading; what was found before it stays. */
class Unreadable extends Error {
  readonly issue: Issue;

  constructor(code: IssueCode, path: string, message: string) {
    super(message);
    this.issue = issue(code, { path: insidePath(path), message });
  }
}

/** A header with its data, and what the PAX header before it said. */
interface Member {
  header: TarHeader;
  data: Uint8Array;
  pax: Pax | undefined;
}

function readTar(tar: Uint8Array, limits: Limits, packer: Packer): ReadTarball {
  const read: ReadTarball = { entries: [], issues: [], complete: true };
  try {
    for (const member of members(tar, packer)) {
      if (read.entries.length === limits.entries) {
        const most = plural(limits.entries, "entry", "entries");
        throw new Unreadable("archive.limit.entries", "", `the archive has more than ${most}`);
      }
      addEntry(member, read, packer);
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    read.issues.push(error.issue);
    read.complete = false;
  }
  return read;
}

function* members(tar: Uint8Array, packer: Packer): Generator<Member> {
  let offset = 0;
  let pax: Pax | undefined;
  for (;;) {
    const block = tar.subarray(offset, offset + BLOCK);
    if (block.length < BLOCK)
      throw new Unreadable("archive.end", "", "the archive is cut off: it has no end marker");
    if (isZero(block)) return checkEnd(tar.subarray(offset), pax);
    const header = readHeader(block, { offset, packer });
    const data = readData(tar.subarray(offset + BLOCK), header);
    offset += BLOCK + paddedSize(header.size);
    if (isAbout(header)) {
      const said = readPax(header, data, packer);
      if (header.type !== "g") pax = onlyOne(pax, said, header);
    } else {
      yield { header, data, pax };
      pax = undefined;
    }
  }
}

function readHeader(block: Uint8Array, at: { offset: number; packer: Packer }): TarHeader {
  const { offset, packer } = at;
  const header = parseHeader(block, packer);
  if ("problem" in header) {
    throw new Unreadable("archive.header", "", `${header.problem} (header at byte ${offset} of the tar)`);
  }
  const path = header.path ?? "";
  if (packer === "any" && "gL".includes(header.type)) return header;
  if (header.type === "L") {
    throw new Unreadable("archive.type", "", LONG_NAME);
  }
  if (EXTENSIONS.includes(header.type)) {
    const message = `the archive has a header of type "${header.type}", which changes how others are read`;
    throw new Unreadable("archive.type", path, message);
  }
  if (!"0x".includes(header.type) && header.size !== 0) {
    throw new Unreadable("archive.header", path, `an entry of type ${quote(header.type)} has data`);
  }
  return header;
}

function readData(rest: Uint8Array, header: TarHeader): Uint8Array {
  const path = header.path ?? "";
  if (paddedSize(header.size) > rest.length)
    throw new Unreadable("archive.end", path, "the archive is cut off in a file");
  if (!isZero(rest.subarray(header.size, paddedSize(header.size)))) {
    throw new Unreadable("archive.header", path, "the padding after the data is not zero");
  }
  return rest.subarray(0, header.size);
}

/** True for an entry that only says something of the next one, or, with type "g", of the archive. */
function isAbout({ type }: TarHeader): boolean {
  return type === "x" || type === "g" || type === "L";
}

function onlyOne(before: Pax | undefined, said: Pax, header: TarHeader): Pax {
  if (before === undefined) return said;
  throw new Unreadable("archive.pax", header.path ?? "", "two PAX headers follow each other");
}

function readPax(header: TarHeader, data: Uint8Array, packer: Packer): Pax {
  const path = header.path ?? "";
  if (header.size > PAX_MAX)
    throw new Unreadable("archive.pax", path, `the PAX header has ${plural(header.size, "byte")}`);
  const pax =
    header.type === "L" ? parseLongName(data) : parsePax(data, header.type === "g" ? "archive" : packer);
  if ("problem" in pax) throw new Unreadable("archive.pax", path, pax.problem);
  return pax;
}

function checkEnd(rest: Uint8Array, pax: Pax | undefined): void {
  if (pax !== undefined) throw new Unreadable("archive.pax", "", "a PAX header has no entry after it");
  if (rest.length < 2 * BLOCK)
    throw new Unreadable("archive.end", "", "the archive ends with one zero block instead of two");
  if (!isZero(rest)) throw new Unreadable("archive.end", "", "there is data after the end marker");
}

function addEntry(member: Member, read: ReadTarball, packer: Packer): void {
  const { header, pax, data } = member;
  if (pax?.size !== undefined && pax.size !== header.size) {
    const message = `the PAX header says ${plural(pax.size, "byte")}, the tar header ${header.size}`;
    throw new Unreadable("archive.pax", pax.path ?? header.path ?? "", message);
  }
  const raw = pax?.path ?? header.path;
  if (raw === undefined) {
    read.issues.push(
      issue("archive.path.encoding", { path: "", message: "the path of an entry is not UTF-8" }),
    );
    return;
  }
  const type = typeOf(header.type);
  const full = type === "directory" && raw.endsWith("/") ? raw.slice(0, -1) : raw;
  const entry = { type, mode: header.mode & 0o777, data };
  if (packer === "any") {
    read.entries.push({ path: full, ...entry });
    return;
  }
  checkMode(header.mode, { path: full, type }, read.issues);
  if (full === ROOT && type === "directory") return;
  if (!full.startsWith(`${ROOT}/`)) {
    read.issues.push(issue("archive.root", { path: full, message: `${quote(full)} is not below ${ROOT}/` }));
  }
  read.entries.push({ path: insidePath(full), ...entry });
}

function checkMode(mode: number, entry: Pick<Entry, "path" | "type">, issues: Issue[]): void {
  if (entry.type !== "file" && entry.type !== "directory") return;
  const allowed = entry.type === "file" ? FILE_MODES : FOLDER_MODES;
  if (allowed.includes(mode)) return;
  const path = insidePath(entry.path);
  const message = `mode ${mode.toString(8)} is not ${allowed.map((good) => good.toString(8)).join(" or ")}`;
  issues.push(issue("archive.mode", { path, message }));
}

/** The path below the root folder; unchanged for what lies outside. */
function insidePath(path: string): string {
  return path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1) : path;
}

function typeOf(typeflag: string): Entry["type"] {
  if (typeflag === "0") return "file";
  if (typeflag === "5") return "directory";
  return typeflag === "1" || typeflag === "2" ? "symlink" : "other";
}

function paddedSize(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
