import { gzipSync } from "node:zlib";

/** Raw values of a ustar header; what is left out gets what npm writes. Strings and bytes go in as they are. */
export interface TarFields {
  name?: string | Uint8Array;
  mode?: number | string;
  uid?: string;
  gid?: string;
  size?: number | string;
  mtime?: string;
  /** Replaces the right checksum. */
  checksum?: string;
  type?: string;
  linkName?: string;
  magic?: string;
  prefix?: string | Uint8Array;
  /** The 12 bytes after the prefix. */
  tail?: string;
}

const BLOCK = 512;

/** Two zero blocks. */
export const END = Buffer.alloc(2 * BLOCK);

/** One header block. No field is checked: this is for archives that no packer writes. */
export function tarHeader(fields: TarFields): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (offset: number, value: string | Uint8Array): void => {
    block.set(typeof value === "string" ? Buffer.from(value) : value, offset);
  };
  put(0, fields.name ?? "");
  put(100, octal(fields.mode ?? 0o644, 7));
  put(108, fields.uid ?? "");
  put(116, fields.gid ?? "");
  put(124, octal(fields.size ?? 0, 11));
  put(136, fields.mtime ?? octal(499_162_500, 11));
  put(156, fields.type ?? "0");
  put(157, fields.linkName ?? "");
  put(257, fields.magic ?? "ustar\u000000");
  put(345, fields.prefix ?? "");
  put(500, fields.tail ?? "");
  put(148, fields.checksum ?? octal(checksum(block), 6));
  return block;
}

/** A header and its data, padded with zeros to whole blocks. */
export function tarEntry(fields: TarFields, data: string | Uint8Array = ""): Buffer {
  const bytes = Buffer.from(data);
  const padding = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK);
  return Buffer.concat([tarHeader({ size: bytes.length, ...fields }), bytes, padding]);
}

/** A PAX header (`type` "x") with these records. */
export function paxEntry(records: [string, string][], fields: TarFields = {}): Buffer {
  return tarEntry({ name: "PaxHeader", type: "x", ...fields }, records.map(paxRecord).join(""));
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function paxRecord([key, value]: [string, string]): string {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest);
  const digits = [1, 2, 3, 4].find((count) => String(length + count).length === count) ?? 5;
  return `${length + digits}${rest}`;
}

export function gzipTar(...parts: Uint8Array[]): Buffer {
  return gzipSync(Buffer.concat(parts));
}

/** Octal digits with a terminating NUL; strings go in as they are. */
function octal(value: number | string, digits: number): string {
  return typeof value === "string" ? value : `${value.toString(8).padStart(digits, "0")}\0`;
}

function checksum(block: Buffer): number {
  const fields = Buffer.from(block).fill(0x20, 148, 156);
  return fields.reduce((sum, byte) => sum + byte, 0);
}
