import { deflateRawSync } from "node:zlib";
import type { IssueCode } from "../../schema/src/index.ts";
import { zip, type ZipEnd, type ZipFields, zipFiles } from "./zip-writer.ts";

/** A .zip that has to be refused, with the codes that have to be among its issues. */
export interface HostileZip {
  name: string;
  bytes(): Buffer;
  codes: readonly IssueCode[];
}

const MB = 1024 * 1024;

const SKILL: ZipFields = {
  name: "SKILL.md",
  data: "---\nname: sample\ndescription: Does one thing, for tests.\nlicense: MIT\n---\n\nDo it.\n",
};

/** A valid skill with further entries. */
function withEntries(...entries: ZipFields[]): Buffer {
  return zip([SKILL, ...entries]);
}

/** A valid skill with one more entry that is wrong. */
function entry(name: string, fields: Partial<ZipFields>, ...codes: IssueCode[]): HostileZip {
  return { name, bytes: () => withEntries({ name: "x", data: "x", ...fields }), codes };
}

function path(name: string, ...codes: IssueCode[]): HostileZip {
  return entry(`a path ${JSON.stringify(name)}`, { name }, ...codes);
}

function end(name: string, fields: ZipEnd): HostileZip {
  return { name, bytes: () => zip([SKILL], fields), codes: ["archive.zip"] };
}

function raw(name: string, bytes: () => Buffer, ...codes: IssueCode[]): HostileZip {
  return { name, bytes, codes: codes.length === 0 ? ["archive.zip"] : codes };
}

const PATHS: HostileZip[] = [
  path("../evil", "archive.path.traversal"),
  path("a/../../evil", "archive.path.traversal"),
  path("/etc/passwd", "archive.path.absolute"),
  path("C:/x", "archive.path.absolute"),
  path("C:\\Users\\x", "archive.path.backslash"),
  path("..\\..\\evil", "archive.path.backslash"),
  path("scripts\\run.bat", "archive.path.backslash"),
  path("a//x", "archive.path.traversal"),
  path("docs/aux.md", "archive.path.windows"),
  path("SKILL.md:stream", "archive.path.windows"),
  path("\u202efdp.md", "archive.path.characters"),
  path("a\0.md", "archive.path.characters"),
  path(".env", "archive.env"),
  path(".git/hooks/pre-commit", "archive.dotfile"),
  path("node_modules/x/index.js", "archive.node-modules"),
  path("skill.MD", "archive.clash"),
  path("SKILL.md", "archive.duplicate"),
  path("SKILL.md/x", "archive.file-folder"),
  path("d/".repeat(15) + "x", "archive.path.depth"),
  path("x".repeat(300), "archive.path.length"),
  entry(
    "a name that is not the UTF-8 it says",
    { name: Buffer.from([0xff, 0xfe]), flags: 0x800 },
    "archive.path.encoding",
  ),
  raw("everything one step up", () => zip([{ ...SKILL, name: "../SKILL.md" }]), "archive.path.traversal"),
  raw("everything on a drive", () => zip([{ ...SKILL, name: "C:/SKILL.md" }]), "archive.path.absolute"),
];

const ENTRIES: HostileZip[] = [
  entry("a symlink", { mode: 0o120777, data: "/etc/passwd" }, "archive.link"),
  entry("a device", { mode: 0o020666 }, "archive.type"),
  entry("a folder without its slash, with data", { mode: 0o040755 }, "archive.zip"),
  entry("a folder with data", { name: "d/" }, "archive.zip"),
  entry("an encrypted file", { flags: 1 }, "archive.zip"),
  entry("a strongly encrypted file", { flags: 0x41 }, "archive.zip"),
  entry("hidden headers", { flags: 0x2000 }, "archive.zip"),
  entry("an unknown compression", { method: 99 }, "archive.zip"),
  entry("bzip2", { method: 12 }, "archive.zip"),
  entry("another name in the local header", { localName: "y" }, "archive.zip"),
  entry("a wrong checksum", { crc: 1 }, "archive.zip"),
  entry("a size that is too small", { data: "more than this", size: 3 }, "archive.zip"),
  entry("a size that is too large", { size: 300 }, "archive.zip"),
  entry("a stored size that differs", { method: null, packedSize: 1, size: 2 }, "archive.zip"),
  entry("data that go beyond the archive", { packedSize: 5_000 }, "archive.zip"),
  entry(
    "data that are no deflate stream",
    { packed: Buffer.from("\xff\xff\xff\xff", "latin1") },
    "archive.zip",
  ),
  entry("an offset beyond the archive", { offset: 0xfffffff0 }, "archive.zip"),
  entry("an offset that is no header", { offset: 3 }, "archive.zip"),
  entry("ZIP64 sizes", { size: 0xffffffff, packedSize: 0xffffffff, extra: zip64Field() }, "archive.zip"),
  entry("a ZIP64 field without need", { extra: zip64Field() }, "archive.zip"),
  entry("an extra field that is cut off", { extra: Buffer.from([1, 0, 200, 0]) }, "archive.zip"),
  raw("two files that share their data", () =>
    withEntries({ name: "x", data: "x" }, { name: "x", data: "x", offset: 0 }),
  ),
];

const ENDS: HostileZip[] = [
  raw("nothing but the magic", () => Buffer.from("PK")),
  raw("half an archive", () => zip([SKILL]).subarray(0, 100)),
  raw("an archive without its last byte", () => zip([SKILL]).subarray(0, -1)),
  raw("bytes after the end", () => Buffer.concat([zip([SKILL]), Buffer.from("more")])),
  raw("bytes before the beginning", () =>
    Buffer.concat([Buffer.from("PK is how this begins"), zip([SKILL])]),
  ),
  raw("an archive hidden in the comment", () => zip([SKILL], { comment: zip([SKILL]).toString("latin1") })),
  end("more entries than there are", { entries: 3 }),
  end("fewer entries on this disk", { entriesHere: 0 }),
  end("a second disk", { disk: 1 }),
  end("an offset of the directory that is wrong", { offset: 7 }),
  end("a directory that lies behind the archive", { offset: 0xfffffff0 }),
  end("a directory of the wrong size", { size: 7 }),
  end("bytes between directory and end", { between: Buffer.from("hidden") }),
  end("a ZIP64 locator", { between: Buffer.concat([Buffer.from("PK\x06\x07"), Buffer.alloc(16)]) }),
  end("65,535 entries", { entries: 0xffff, entriesHere: 0xffff }),
];

const SIZES: HostileZip[] = [
  raw(
    "a bomb of one byte repeated",
    () => withEntries({ name: "x", data: Buffer.alloc(15 * MB) }),
    "archive.limit.ratio",
  ),
  raw("a bomb in many files", manyZeros, "archive.limit.unpacked"),
  raw(
    "a file that is too large",
    () => withEntries({ name: "x", data: Buffer.alloc(25 * MB) }),
    "archive.limit.file",
  ),
  raw("a bomb that says it is small", () => withEntries(lyingBomb())),
  raw("many files of one piece of data", () => zip(overlapping()), "archive.zip"),
  raw(
    "3,000 empty files",
    () => withEntries(...Array.from({ length: 3_000 }, (_, index) => ({ name: `f${index}` }))),
    "archive.limit.entries",
  ),
];

const TREES: HostileZip[] = [
  raw("an empty archive", () => zip([]), "skill.missing"),
  raw("no SKILL.md", () => zipFiles({ "README.md": "x" }), "skill.missing"),
  raw("SKILL.md two folders down", () => zipFiles({ "a/b/SKILL.md": "x" }), "skill.missing"),
  raw(
    "a package.json that is no JSON",
    () => withEntries({ name: "package.json", data: "{" }),
    "package.json",
  ),
  raw(
    "a package.json with install scripts",
    () => withEntries({ name: "package.json", data: installing() }),
    "package.scripts",
  ),
];

/** .zip archives that no honest packer writes, or of what is no skill; all small enough to send. */
export const hostileZips: readonly HostileZip[] = [...PATHS, ...ENTRIES, ...ENDS, ...SIZES, ...TREES];

function zip64Field(): Buffer {
  const field = Buffer.alloc(20);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(16, 2);
  return field;
}

function manyZeros(): Buffer {
  return withEntries(...[1, 2, 3, 4].map((part) => ({ name: `zeros-${part}`, data: Buffer.alloc(15 * MB) })));
}

/** Claims three bytes, inflates to a hundred million. */
function lyingBomb(): ZipFields {
  return { name: "x", packed: deflateRawSync(Buffer.alloc(100 * MB)), size: 3 };
}

/** The trick of the bombs that need no second archive inside: every entry points at the same data. */
function overlapping(): ZipFields[] {
  const shared = { name: "x", data: Buffer.alloc(MB), offset: 0 };
  return Array.from({ length: 40 }, () => shared);
}

function installing(): string {
  return JSON.stringify({ name: "@acme/sample", version: "1.0.0", scripts: { postinstall: "curl x | sh" } });
}
