import { createCipheriv } from "node:crypto";
import type { IssueCode } from "../../schema/src/index.ts";
import { buildSkill, type Files } from "./skill.ts";
import { END, gzipTar, paxEntry, tarEntry, type TarFields, tarHeader } from "./tar-writer.ts";

/** An archive that has to be refused, with the codes that have to be among its issues. */
export interface HostileTarball {
  name: string;
  bytes(): Buffer;
  codes: readonly IssueCode[];
}

const MB = 1024 * 1024;

/** package.json and SKILL.md of a valid skill, so that only what follows is wrong. */
function good(): Buffer[] {
  return filesOf(buildSkill().files);
}

function filesOf(files: Files): Buffer[] {
  return Object.entries(files).map(([path, content]) => tarEntry({ name: `package/${path}` }, content));
}

/** A valid skill with further raw parts. */
function withParts(...parts: Uint8Array[]): Buffer {
  return gzipTar(...good(), ...parts, END);
}

function file(name: string | Uint8Array, fields: TarFields = {}): Buffer {
  return tarEntry({ name, ...fields }, "x");
}

/** A valid skill with one file of this path. */
function path(name: string, code: IssueCode, ...codes: IssueCode[]): HostileTarball {
  return {
    name: `a path ${JSON.stringify(name)}`,
    bytes: () => withParts(pathEntry(name)),
    codes: [code, ...codes],
  };
}

/** In the header where it fits and is ASCII, else in a PAX header, as npm does. */
function pathEntry(name: string): Buffer {
  const isPlain = name.length < 100 && Buffer.byteLength(name) === name.length;
  return isPlain ? file(name) : Buffer.concat([paxEntry([["path", name]]), file("package/x")]);
}

/** A valid skill with one further header, without data. */
function header(name: string, fields: TarFields, code: IssueCode): HostileTarball {
  return { name, bytes: () => withParts(tarHeader({ name: "package/x", ...fields })), codes: [code] };
}

/** A valid skill with one PAX header and the file it describes. */
function pax(name: string, records: [string, string][]): HostileTarball {
  return { name, bytes: () => withParts(paxEntry(records), file("package/x")), codes: ["archive.pax"] };
}

function raw(name: string, bytes: () => Buffer, ...codes: IssueCode[]): HostileTarball {
  return { name, bytes, codes };
}

const PATHS: HostileTarball[] = [
  path("package/../evil", "archive.path.traversal"),
  path("package/a/../../evil", "archive.path.traversal"),
  path("../evil", "archive.root", "archive.path.traversal"),
  path("package/./x", "archive.path.traversal"),
  path("package/a//x", "archive.path.traversal"),
  path("package/x/", "archive.path.traversal"),
  path(`package/${"../".repeat(40)}etc/passwd`, "archive.path.traversal"),
  path("/etc/passwd", "archive.root", "archive.path.absolute"),
  path("package//etc/passwd", "archive.path.absolute"),
  path("package/C:/x", "archive.path.absolute"),
  path("C:\\x", "archive.root", "archive.path.backslash"),
  path("package/..\\..\\evil", "archive.path.backslash"),
  path("package\\evil", "archive.root", "archive.path.backslash"),
  path("other/SKILL.md", "archive.root"),
  path("SKILL.md", "archive.root"),
  path("packagex/SKILL.md", "archive.root"),
  path("PACKAGE/SKILL.md", "archive.root"),
  path("package", "archive.root"),
  path("package/skill.MD", "archive.clash"),
  path("package/caf\u0065\u0301.md", "archive.path.normalization"),
  path("package/\u202efdp.md", "archive.path.characters"),
  path("package/\u001b[31mred.md", "archive.path.characters"),
  path("package/a\u200bb.md", "archive.path.characters"),
  path("package/\ue000.md", "archive.path.characters"),
  path("package/a\rb.md", "archive.path.characters"),
  path("package/CON", "archive.path.windows"),
  path("package/docs/aux.md", "archive.path.windows"),
  path("package/com1.txt", "archive.path.windows"),
  path("package/COM¹", "archive.path.windows"),
  path("package/SKILL.md.", "archive.path.windows"),
  path("package/SKILL.md ", "archive.path.windows"),
  path("package/notes. /x.md", "archive.path.windows"),
  path("package/SKILL.md:stream", "archive.path.windows"),
  path("package/what?.md", "archive.path.windows"),
  path("package/GIT~1/config", "archive.path.windows"),
  path(`package/${"long/".repeat(10)}${"x".repeat(200)}`, "archive.path.length"),
  path(`package/${"d/".repeat(12)}x`, "archive.path.depth"),
  path("package/.npmrc", "archive.npmrc"),
  path("package/scripts/.npmrc", "archive.npmrc"),
  path("package/.env", "archive.env"),
  path("package/.env.production", "archive.env"),
  path("package/.git/hooks/pre-commit", "archive.dotfile"),
  path("package/.GIT/config", "archive.dotfile"),
  path("package/.claude/settings.json", "archive.dotfile"),
  path("package/.vscode/tasks.json", "archive.dotfile"),
  path("package/.github/workflows/x.yml", "archive.dotfile"),
  path("package/docs/.cursor/rules", "archive.dotfile"),
  path("package/.gitignore/x", "archive.dotfile"),
  path("package/node_modules/x/index.js", "archive.node-modules"),
  path("package/Node_Modules/x.js", "archive.node-modules"),
  path("package/binding.gyp", "archive.gyp"),
];

const TYPES: HostileTarball[] = [
  header("a symlink to an absolute path", { type: "2", linkName: "/etc/passwd" }, "archive.link"),
  header("a symlink that climbs out", { type: "2", linkName: "../../.." }, "archive.link"),
  header("a hard link", { type: "1", linkName: "package/SKILL.md" }, "archive.link"),
  raw(
    "a symlink and a file written through it",
    () => withParts(tarHeader({ name: "package/d", type: "2", linkName: "/tmp" }), file("package/d/evil")),
    "archive.link",
    "archive.file-folder",
  ),
  header("a character device", { type: "3" }, "archive.type"),
  header("a block device", { type: "4" }, "archive.type"),
  header("a FIFO", { type: "6" }, "archive.type"),
  header("a contiguous file", { type: "7" }, "archive.type"),
  header("a type nobody defined", { type: "Z" }, "archive.type"),
  header("a file with a NUL as its type", { type: "\0" }, "archive.type"),
  header("a sparse file of GNU tar", { type: "S" }, "archive.type"),
  raw(
    "a global PAX header",
    () => withParts(paxEntry([["path", "package/SKILL.md"]], { type: "g" })),
    "archive.type",
  ),
  raw(
    "a Solaris PAX header",
    () => withParts(paxEntry([["path", "package/y"]], { type: "X" })),
    "archive.type",
  ),
  raw(
    "a GNU long name",
    () => withParts(tarEntry({ name: "././@LongLink", type: "L" }, "package/../evil\0"), file("package/x")),
    "archive.type",
  ),
  raw(
    "a GNU long link name",
    () => withParts(tarEntry({ name: "././@LongLink", type: "K" }, "/etc/passwd\0"), file("package/x")),
    "archive.type",
  ),
  raw(
    "a folder with data",
    () => withParts(tarEntry({ name: "package/d/", type: "5", mode: 0o755 }, "x")),
    "archive.header",
  ),
  header("a setuid file", { mode: 0o6755 }, "archive.mode"),
  header("a file that others may write", { mode: 0o777 }, "archive.mode"),
  header("a file that nobody may read", { mode: 0 }, "archive.mode"),
  header("a file with type bits in its mode", { mode: 0o100644 }, "archive.mode"),
  header("a folder that others may write", { type: "5", mode: 0o777 }, "archive.mode"),
];

const HEADERS: HostileTarball[] = [
  header("a wrong header checksum", { checksum: "000001\0 " }, "archive.header"),
  header("the magic of old GNU tar", { magic: "ustar  \0" }, "archive.header"),
  header("no magic", { magic: "" }, "archive.header"),
  header("a size in base 256", { size: "\u0001\0\0\0\0\0\0\0\0\0\0\u0001" }, "archive.header"),
  header("a negative size", { size: "-0000000001\0" }, "archive.header"),
  header("a size with blanks in front", { size: "         0 \0" }, "archive.header"),
  header("a size without terminator", { size: "000000000000" }, "archive.header"),
  header("a size that is not octal", { size: "0000000009\0\0" }, "archive.header"),
  header("a mode that is not a number", { mode: "rw-r--r\0" }, "archive.header"),
  header("a uid that is not a number", { uid: "root" }, "archive.header"),
  header("bytes after the last field", { tail: "hidden" }, "archive.header"),
  header("bytes after the NUL of the name", { name: "package/a\0\n/../evil" }, "archive.header"),
  header("bytes after the NUL of the prefix", { prefix: "package\0x" }, "archive.header"),
  header("bytes after the NUL of the link name", { linkName: "\0x" }, "archive.header"),
  raw(
    "a traversal in the prefix",
    () => withParts(file("evil", { prefix: "package/.." })),
    "archive.path.traversal",
  ),
  raw(
    "a name that is not UTF-8",
    () => withParts(file(Buffer.from([0x70, 0xff, 0xfe]))),
    "archive.path.encoding",
  ),
  raw(
    "padding that is not zero",
    () => withParts(Buffer.concat([tarHeader({ name: "package/x", size: 1 }), Buffer.alloc(512, "x")])),
    "archive.header",
  ),
];

const PAX: HostileTarball[] = [
  pax("a PAX size that differs from the header", [["size", "0"]]),
  raw(
    "a PAX size that hides an entry",
    () => {
      const hidden = file("package/hidden.md");
      return withParts(paxEntry([["size", "0"]]), tarEntry({ name: "package/x" }, hidden));
    },
    "archive.pax",
  ),
  pax("a PAX link path", [["linkpath", "/etc/passwd"]]),
  pax("a PAX extended attribute", [["SCHILY.xattr.user.x", "1"]]),
  pax("a PAX sparse map", [["GNU.sparse.major", "1"]]),
  pax("a PAX mode", [["mode", "4755"]]),
  pax("a PAX comment", [["comment", "x"]]),
  pax("a PAX path twice", [
    ["path", "package/a"],
    ["path", "package/b"],
  ]),
  pax("an empty PAX path", [["path", ""]]),
  pax("a PAX path with a NUL", [["path", "package/a\0b"]]),
  pax("a PAX path with a line break", [["path", "package/a\n20 path=package/b"]]),
  pax("a PAX path of 10,000 bytes", [["path", "p".repeat(10_000)]]),
  pax("a PAX size with a sign", [["size", "+1"]]),
  pax("a PAX character set", [["hdrcharset", "ISO-IR 10646 2000 UTF-8"]]),
  pax("a PAX key of an object's prototype", [["constructor", "x"]]),
  raw(
    "a PAX record with a wrong length",
    () => withParts(tarEntry({ name: "p", type: "x" }, "99 path=package/a\n"), file("package/x")),
    "archive.pax",
  ),
  raw(
    "a PAX record without a line break",
    () => withParts(tarEntry({ name: "p", type: "x" }, "17 path=package/a"), file("package/x")),
    "archive.pax",
  ),
  raw(
    "a PAX record that is not UTF-8",
    () =>
      withParts(
        tarEntry({ name: "p", type: "x" }, Buffer.from("10 path=\xff\n", "latin1")),
        file("package/x"),
      ),
    "archive.pax",
  ),
  raw(
    "two PAX headers for one file",
    () => withParts(paxEntry([["path", "package/a"]]), paxEntry([["path", "package/b"]]), file("package/x")),
    "archive.pax",
  ),
  raw("a PAX header at the end", () => withParts(paxEntry([["path", "package/a"]])), "archive.pax"),
  raw(
    "a traversal in a PAX path",
    () => withParts(paxEntry([["path", "package/../evil"]]), file("package/x")),
    "archive.path.traversal",
  ),
];

const ENVELOPES: HostileTarball[] = [
  raw("nothing at all", () => Buffer.alloc(0), "archive.gzip"),
  raw("text", () => Buffer.from("this is not a tarball, but it is long enough"), "archive.gzip"),
  raw("a tar without gzip", () => Buffer.concat([...good(), END]), "archive.gzip"),
  raw(
    "a zstd frame",
    () => Buffer.concat([Buffer.from("28b52ffd", "hex"), Buffer.alloc(64)]),
    "archive.gzip",
  ),
  raw("half a gzip member", () => buildSkill().tarball.subarray(0, 200), "archive.gzip"),
  raw("a gzip member without its trailer", () => buildSkill().tarball.subarray(0, -8), "archive.gzip"),
  raw("a wrong gzip checksum", () => changed(buildSkill().tarball, -8), "archive.gzip"),
  raw("a wrong gzip size", () => changed(buildSkill().tarball, -4), "archive.gzip"),
  raw("damaged gzip data", () => changed(buildSkill().tarball, 20), "archive.gzip"),
  raw("a file name in the gzip header", gzipWithName, "archive.gzip"),
  raw(
    "a second gzip member",
    () => Buffer.concat([buildSkill().tarball, gzipTar(file("package/x"), END)]),
    "archive.trailing",
  ),
  raw(
    "bytes after the gzip member",
    () => Buffer.concat([buildSkill().tarball, Buffer.from("more")]),
    "archive.trailing",
  ),
  raw(
    "zeros after the gzip member",
    () => Buffer.concat([buildSkill().tarball, Buffer.alloc(512)]),
    "archive.trailing",
  ),
  raw("data after the end marker", () => gzipTar(...good(), END, file("package/x"), END), "archive.end"),
  raw("no end marker", () => gzipTar(...good()), "archive.end"),
  raw("one zero block as the end marker", () => gzipTar(...good(), END.subarray(512)), "archive.end"),
  raw(
    "a file that is cut off",
    () => gzipTar(...good(), tarHeader({ name: "package/x", size: 5_000 })),
    "archive.end",
  ),
  raw(
    "a file larger than the archive",
    () => gzipTar(...good(), tarHeader({ name: "package/x", size: 0o77777777777 })),
    "archive.end",
  ),
  raw("an empty archive", () => gzipTar(END), "skill.missing", "package.missing"),
];

const SIZES: HostileTarball[] = [
  raw(
    "a bomb of one byte repeated",
    () => withParts(tarEntry({ name: "package/x" }, Buffer.alloc(40 * MB))),
    "archive.limit.ratio",
  ),
  raw("a bomb below the ratio", lowRatioBomb, "archive.limit.unpacked"),
  raw(
    "a bomb after the end marker",
    () => gzipTar(...good(), END, Buffer.alloc(40 * MB)),
    "archive.limit.ratio",
  ),
  raw(
    "3,000 empty files",
    () => withParts(...Array.from({ length: 3_000 }, (_, index) => emptyFile(index))),
    "archive.limit.entries",
  ),
];

const TREES: HostileTarball[] = [
  raw("SKILL.md twice", () => withParts(file("package/SKILL.md")), "archive.duplicate"),
  raw(
    "package.json twice",
    () => withParts(tarEntry({ name: "package/package.json" }, "{}")),
    "archive.duplicate",
  ),
  raw(
    "names that differ in case",
    () => withParts(file("package/a.md"), file("package/A.md")),
    "archive.clash",
  ),
  raw(
    "folders that differ in case",
    () => withParts(file("package/Docs/a.md"), file("package/docs/b.md")),
    "archive.clash",
  ),
  raw(
    "names that are equal in another alphabet's capitals",
    () => withParts(pathEntry("package/straße.md"), file("package/STRASSE.md")),
    "archive.clash",
  ),
  raw(
    "names in two Unicode forms",
    () => withParts(pathEntry("package/caf\u00e9.md"), pathEntry("package/cafe\u0301.md")),
    "archive.clash",
    "archive.path.normalization",
  ),
  raw(
    "a file that is also a folder",
    () => withParts(file("package/a"), file("package/a/b")),
    "archive.file-folder",
  ),
  raw("a second root", () => withParts(file("other/SKILL.md"), file("other/scripts/x.sh")), "archive.root"),
  raw("no package.json", () => withoutFile("package.json"), "package.missing"),
  raw("no SKILL.md", () => withoutFile("SKILL.md"), "skill.missing"),
];

/** Archives that no honest packer writes, one for each trick; all of them small enough to send. */
export const hostileTarballs: readonly HostileTarball[] = [
  ...PATHS,
  ...TYPES,
  ...HEADERS,
  ...PAX,
  ...ENVELOPES,
  ...SIZES,
  ...TREES,
];

function withoutFile(missing: string): Buffer {
  const { [missing]: _, ...files } = buildSkill().files;
  return gzipTar(...filesOf(files), END);
}

function emptyFile(index: number): Buffer {
  return tarHeader({ name: `package/f${index}` });
}

/** Noise keeps the ratio below 200, so that only the size is wrong. */
function lowRatioBomb(): Buffer {
  const key = Buffer.alloc(16);
  const noise = createCipheriv("aes-128-ctr", key, key).update(Buffer.alloc(MB / 2));
  return withParts(
    tarEntry({ name: "package/noise" }, noise),
    ...[1, 2, 3, 4].map((part) => tarEntry({ name: `package/zeros-${part}` }, Buffer.alloc(15 * MB))),
  );
}

/** The bytes with one bit flipped; negative positions count from the end. */
function changed(bytes: Buffer, position: number): Buffer {
  const copy = Buffer.from(bytes);
  const index = position < 0 ? copy.length + position : position;
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}

/** FNAME, an optional field of the gzip header. */
function gzipWithName(): Buffer {
  const { tarball } = buildSkill();
  const head = Buffer.from(tarball.subarray(0, 10));
  head[3] = 8;
  return Buffer.concat([head, Buffer.from("evil.tar\0"), tarball.subarray(10)]);
}
