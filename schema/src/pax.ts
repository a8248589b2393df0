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

/** Reads `<length> <key>=<value>\n` records to the end, or says why two readers could take them differently. */
export function parsePax(data: Uint8Array): Pax | { problem: string } {
  const seen = new Map<string, string>();
  let rest = data;
  while (rest.length > 0) {
    const record = firstRecord(rest);
    if (record === undefined) return { problem: "the PAX header is malformed" };
    const { key, value, length } = record;
    const pattern = Object.hasOwn(VALUES, key) ? VALUES[key] : undefined;
    if (pattern === undefined)
      return { problem: `the PAX header has the key ${JSON.stringify(key.slice(0, 40))}` };
    if (!pattern.test(value)) return { problem: `the PAX header has a malformed ${key}` };
    if (seen.has(key)) return { problem: `the PAX header says ${key} twice` };
    seen.set(key, value);
    rest = rest.subarray(length);
  }
  return paxOf(seen);
}

/** Undefined when length, blank, equals sign or line break is not exactly where it has to be. */
function firstRecord(data: Uint8Array): { key: string; value: string; length: number } | undefined {
  const blank = data.subarray(0, 8).indexOf(0x20);
  const digits = blank === -1 ? "" : String.fromCharCode(...data.subarray(0, blank));
  if (!/^[1-9][0-9]*$/.test(digits)) return undefined;
  const length = Number(digits);
  if (length > data.length || data[length - 1] !== 0x0a) return undefined;
  const text = decode(data.subarray(blank + 1, length - 1));
  const equals = text?.indexOf("=") ?? -1;
  if (text === undefined || equals < 1) return undefined;
  return { key: text.slice(0, equals), value: text.slice(equals + 1), length };
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
