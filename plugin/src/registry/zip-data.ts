import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";

/** Compression methods of a .zip that anybody writes. */
export const STORED = 0;
export const DEFLATED = 8;

const inflate = promisify(inflateRaw);

/** Where a file's data lie in the archive, and what the directory says of them. */
export interface ZipMember {
  path: string;
  /** Offsets in the archive: of its header, of its data, and after those. */
  start: number;
  dataStart: number;
  end: number;
  /** Bytes when it is unpacked. */
  size: number;
  method: number;
  crc32: number;
}

/** The data of a member whose sizes were found good, or a sentence on what is wrong with them. */
export async function inflateMember(bytes: Buffer, member: ZipMember): Promise<Uint8Array | string> {
  const packed = bytes.subarray(member.dataStart, member.end);
  const data = member.method === STORED ? packed : await inflateUpTo(packed, member.size);
  if (data?.length !== member.size) return "its data are damaged, or not as long as the directory says";
  return crc32(data) === member.crc32 ? data : "its checksum does not match the data";
}

/** Undefined when the data are damaged or go on after `size` bytes. */
async function inflateUpTo(packed: Buffer, size: number): Promise<Buffer | undefined> {
  try {
    return await inflate(packed, { maxOutputLength: Math.max(1, size) });
  } catch {
    return undefined;
  }
}
