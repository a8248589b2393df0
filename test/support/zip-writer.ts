import { crc32, deflateRawSync } from "node:zlib";
import type { Files } from "./skill.ts";

/** One entry with raw values; what is left out gets what an honest packer writes. */
export interface ZipFields {
  name: string | Uint8Array;
  data?: string | Uint8Array;
  /** `null` stores. */
  method?: number | null;
  /** Unix mode with type bits; 0 for none. */
  mode?: number;
  flags?: number;
  extra?: Uint8Array;
  /** Replace what is true of the data, in both headers. */
  crc?: number;
  size?: number;
  packedSize?: number;
  /** Replaces the packed data. */
  packed?: Uint8Array;
  /** Only in the local header. */
  localName?: string;
  /** Offset of the header in the directory: two entries may share one. */
  offset?: number;
}

/** The end of the directory. */
export interface ZipEnd {
  comment?: string;
  entries?: number;
  entriesHere?: number;
  disk?: number;
  size?: number;
  offset?: number;
  /** Bytes between directory and end. */
  between?: Uint8Array;
}

/** A .zip from raw fields. No field is checked: this is for archives that no packer writes, too. */
export function zip(entries: ZipFields[], end: ZipEnd = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const fields of entries) {
    const local = localEntry(fields);
    directory.push(directoryEntry(fields, fields.offset ?? offset));
    locals.push(local);
    offset += local.length;
  }
  const names = Buffer.concat(directory);
  return Buffer.concat([
    ...locals,
    names,
    end.between ?? Buffer.alloc(0),
    endRecord({ entries: entries.length, size: names.length, offset, ...end }),
  ]);
}

/** Files as an honest packer writes them; those under scripts/ are executable. */
export function zipFiles(files: Files): Buffer {
  return zip(
    Object.entries(files).map(([name, data]) => {
      return { name, data, mode: /(^|\/)scripts\//.test(name) ? 0o100755 : 0o100644 };
    }),
  );
}

function packedOf({ data = "", method = 8, packed }: ZipFields): { bytes: Buffer; packed: Buffer } {
  const bytes = Buffer.from(data);
  return { bytes, packed: Buffer.from(packed ?? (method === null ? bytes : deflateRawSync(bytes))) };
}

function common(fields: ZipFields, name: Buffer): Buffer {
  const { bytes, packed } = packedOf(fields);
  return Buffer.concat([
    u16(20, fields.flags ?? 0, fields.method === null ? 0 : (fields.method ?? 8), 0, 0x21),
    u32(fields.crc ?? crc32(bytes), fields.packedSize ?? packed.length, fields.size ?? bytes.length),
    u16(name.length),
  ]);
}

function localEntry(fields: ZipFields): Buffer {
  const name = Buffer.from(fields.localName ?? fields.name);
  return Buffer.concat([
    Buffer.from("PK\x03\x04"),
    common(fields, name),
    u16(0),
    name,
    packedOf(fields).packed,
  ]);
}

function directoryEntry(fields: ZipFields, offset: number): Buffer {
  const name = Buffer.from(fields.name);
  const extra = Buffer.from(fields.extra ?? []);
  const unix = 3 << 8;
  return Buffer.concat([
    Buffer.from("PK\x01\x02"),
    u16(unix | 20),
    common(fields, name),
    u16(extra.length, 0, 0, 0),
    u32((fields.mode ?? 0) * 0x10000, offset),
    name,
    extra,
  ]);
}

function endRecord(end: ZipEnd & { entries: number; size: number; offset: number }): Buffer {
  const comment = Buffer.from(end.comment ?? "");
  return Buffer.concat([
    Buffer.from("PK\x05\x06"),
    u16(end.disk ?? 0, 0, end.entriesHere ?? end.entries, end.entries),
    u32(end.size, end.offset),
    u16(comment.length),
    comment,
  ]);
}

function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16LE(value, index * 2));
  return bytes;
}

function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value >>> 0, index * 4));
  return bytes;
}
