import { crc32 } from "node:zlib";
import { printable, ratioCap, type Entry, type Limits } from "@skills-registry/schema/basics";
import type { Entry as Member, ZipFile } from "yauzl";

/** File types in the upper half of the external attributes, where Unix keeps its mode; 0 says nothing. */
const TYPE_MASK = 0o170000;
const TYPES: Record<number, Entry["type"]> = {
  0: "file",
  0o100000: "file",
  0o040000: "directory",
  0o120000: "symlink",
};

/** The entries of a .zip, or what is wrong with it. Sizes are those of its directory, and no file comes out larger than it says. */
export async function readZip(bytes: Buffer, limits: Limits): Promise<Entry[] | string> {
  const { fromBufferPromise } = await import("yauzl");
  try {
    const zip = await fromBufferPromise(bytes);
    return await readMembers(zip, bytes.length, limits);
  } catch (error) {
    return error instanceof Error ? printable(error.message.slice(0, 200)) : "it cannot be read";
  }
}

async function readMembers(zip: ZipFile, packed: number, limits: Limits): Promise<Entry[] | string> {
  const cap = Math.min(limits.unpacked, ratioCap(packed, limits));
  const entries: Entry[] = [];
  let size = 0;
  for await (const member of zip.eachEntry()) {
    size += member.uncompressedSize;
    if (size > cap) return `it unpacks to more than ${cap} bytes`;
    if (entries.length === limits.entries) return `it has more than ${limits.entries} entries`;
    const mode = member.externalFileAttributes >>> 16;
    const type = member.fileName.endsWith("/") ? "directory" : (TYPES[mode & TYPE_MASK] ?? "other");
    const data = type === "file" ? await readMember(zip, member) : new Uint8Array();
    entries.push({ path: member.fileName.replace(/\/$/, ""), type, mode: mode & 0o777 || 0o644, data });
  }
  return entries;
}

/** yauzl ends the stream with an error where another number of bytes comes out than the directory says. */
async function readMember(zip: ZipFile, member: Member): Promise<Uint8Array> {
  const stream = await zip.openReadStreamPromise(member);
  const data = Buffer.concat(await stream.toArray());
  if (crc32(data) !== member.crc32) throw new Error(`${member.fileName} is damaged`);
  return data;
}
