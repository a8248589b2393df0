import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Entry } from "@skills-registry/schema";
import { Header, Pax } from "tar";

const gzipAsync = promisify(gzip);

/** The one root folder, as npm writes it. */
const ROOT = "package/";
const BLOCK = 512;
/** Two zero blocks. */
const END = Buffer.alloc(2 * BLOCK);
/** npm's own fixed time, 26 October 1985: times of files would make other bytes of the same content. */
const MTIME = new Date(499_162_500_000);
/** Place of the operating system in the gzip header, and the value for none: zlib writes the one it runs on. */
const GZIP_SYSTEM = 9;
const NO_SYSTEM = 255;

/**
 * A .tgz as npm would pack these files, and always the same bytes for the same files: sorted by path, modes 644 and 755 only,
 * nothing of the machine. Entries that are no files are left out. Paths are not judged here.
 */
export async function packTarball(entries: readonly Entry[]): Promise<Buffer> {
  const files = entries.filter(({ type }) => type === "file");
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const packed = await gzipAsync(Buffer.concat([...sorted.flatMap(member), END]), { level: 9 });
  packed[GZIP_SYSTEM] = NO_SYSTEM;
  return packed;
}

/** A file's headers, its data and the padding to whole blocks. */
function member({ path, mode, data }: Entry): Uint8Array[] {
  const fields = {
    path: ROOT + path,
    mode: (mode & 0o111) === 0 ? 0o644 : 0o755,
    size: data.length,
    mtime: MTIME,
  };
  const block = Buffer.alloc(BLOCK);
  const header = new Header({ ...fields, type: "File" });
  const needsPax = header.encode(block);
  const pax = needsPax ? [new Pax({ path: fields.path }).encode()] : [];
  return [...pax, block, data, Buffer.alloc(-data.length & (BLOCK - 1))];
}
