/** What a PAX header may say about the entry after it. */
export interface Pax {
  path?: string;
  size?: number;
}

/** Longest PAX header that is read: twice the longest path that Linux opens. */
export const PAX_MAX = 8 * 1024;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Keys that npm, pnpm, yarn, bun and node-tar write for portable archives, and the values they write. */
const VALUES: Record<string, RegExp> = {
  // No line breaks: node-tar splits the records at them and others go by the length.
  path: /^[^\0\n]+$/,
  mtime: /^[0-9]{1,15}(\.[0-9]{1,9})?$/,
  size: /^(0|[1-9][0-9]{0,14})$/,
  hdrcharset: /^BINARY$/,
};

/**
 * What other packers add and what no reader needs: owners, times, attributes of macOS and Linux, in every version of tar.
 * Sparse files, links and character sets are not among them: they change what is read.
 */
const HARMLESS =
  /^((a|c)time|uid|gid|uname|gname|comment|LIBARCHIVE\..+|SCHILY\.(xattr\..+|fflags|dev|ino|nlink|acl\..+))$/;

/** Keys that are read: those of an entry as npm's packers or any other write them, or those of a whole archive. */
export type PaxDialect = "npm" | "any" | "archive";

/** The path in a GNU long-name entry, which ends with a NUL. */
export function parseLongName(data: Uint8Array): Pax | { problem: string } {
  const path = decode(data.subarray(0, -1));
  const isPath = path !== undefined && VALUES["path"]?.test(path) === true;
  return isPath && data.at(-1) === 0 ? { path } : { problem: "the GNU long name is malformed" };
}

/** Reads `<length> <key>=<value>\n` records to the end, or says why two readers could take them differently. */
export function parsePax(data: Uint8Array, dialect: PaxDialect = "npm"): Pax | { problem: string } {
  const seen = new Map<string, string>();
  let rest = data;
  while (rest.length > 0) {
    const record = firstRecord(rest);
    if (record === undefined) return { problem: "the PAX header is malformed" };
    rest = rest.subarray(record.length);
    const { key } = record;
    if (isHarmless(key, dialect)) continue;
    const isRead = dialect !== "archive" && Object.hasOwn(VALUES, key);
    const pattern = isRead ? VALUES[key] : undefined;
    if (pattern === undefined)
      return { problem: `the PAX header has the key ${JSON.stringify(key.slice(0, 40))}` };
    const value = decode(record.value);
    if (value === undefined || !pattern.test(value))
      return { problem: `the PAX header has a malformed ${key}` };
    if (seen.has(key)) return { problem: `the PAX header says ${key} twice` };
    seen.set(key, value);
  }
  return paxOf(seen);
}

/** Undefined when length, blank, equals sign or line break is not exactly where it has to be. Values may be any bytes. */
function firstRecord(data: Uint8Array): { key: string; value: Uint8Array; length: number } | undefined {
  const blank = data.subarray(0, 8).indexOf(0x20);
  const digits = blank === -1 ? "" : String.fromCharCode(...data.subarray(0, blank));
  if (!/^[1-9][0-9]*$/.test(digits)) return undefined;
  const length = Number(digits);
  if (length > data.length || data[length - 1] !== 0x0a) return undefined;
  const text = data.subarray(blank + 1, length - 1);
  const equals = text.indexOf(0x3d);
  const key = equals < 1 ? undefined : decode(text.subarray(0, equals));
  return key === undefined ? undefined : { key, value: text.subarray(equals + 1), length };
}

/** git writes the id of the commit into a comment on the whole archive; all else there would be said of every entry. */
function isHarmless(key: string, dialect: PaxDialect): boolean {
  return dialect === "archive" ? key === "comment" : dialect === "any" && HARMLESS.test(key);
}

function paxOf(records: Map<string, string>): Pax {
  const path = records.get("path");
  const size = records.get("size");
  return {
    ...(path === undefined ? {} : { path }),
    ...(size === undefined ? {} : { size: Number(size) }),
  };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
