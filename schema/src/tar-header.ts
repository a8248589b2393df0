import type { Packer } from "./packer.ts";

/** Size of a tar block; headers are one, file data is padded to a multiple. */
export const BLOCK = 512;

/** One ustar header, decoded but not judged beyond what makes it readable. */
export interface TarHeader {
  /** `prefix/name`; undefined when it is not UTF-8 (a PAX path may replace it). */
  path: string | undefined;
  mode: number;
  size: number;
  /** The typeflag, one character: "0" file, "5" folder, "x" PAX. */
  type: string;
}

interface Field {
  name: string;
  offset: number;
  length: number;
}

const NAME: Field = { name: "name", offset: 0, length: 100 };
const MODE: Field = { name: "mode", offset: 100, length: 8 };
const SIZE: Field = { name: "size", offset: 124, length: 12 };
const CHECKSUM: Field = { name: "checksum", offset: 148, length: 8 };
const TYPE_OFFSET = 156;
const LINK_NAME: Field = { name: "link name", offset: 157, length: 100 };
const MAGIC_OFFSET = 257;
const PREFIX: Field = { name: "prefix", offset: 345, length: 155 };

/** Numbers that nobody needs to read the archive, but that must not be something else in disguise. */
const OPTIONAL_NUMBERS: Field[] = [
  { name: "uid", offset: 108, length: 8 },
  { name: "gid", offset: 116, length: 8 },
  { name: "mtime", offset: 136, length: 12 },
  { name: "device major", offset: 329, length: 8 },
  { name: "device minor", offset: 337, length: 8 },
];

/** Old GNU tar writes "ustar  " here and uses the prefix for other things. */
const MAGIC = "ustar\u000000";

const GNU_MAGIC = "ustar  \0";

/** GNU extension headers come with the old magic; they are refused for what they are, not for that. */
const GNU_EXTENSIONS = "LK";

/** Octal digits with at least one space or NUL after them: what npm, pnpm, yarn, bun and node-tar write. */
const OCTAL = /^([0-7]+)[ \0]+$/;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A header, or a sentence on why two readers could take it differently. */
export function parseHeader(block: Uint8Array, packer: Packer): TarHeader | { problem: string } {
  const checksum = octal(block, CHECKSUM);
  if (checksum === undefined || checksum !== sumOf(block)) return { problem: "the header checksum is wrong" };
  const type = latin1(block, TYPE_OFFSET, 1);
  if (!GNU_EXTENSIONS.includes(type) && !hasMagic(block, packer)) {
    return { problem: "the header is not ustar" };
  }
  const mode = octal(block, MODE);
  const size = octal(block, SIZE);
  if (mode === undefined) return { problem: `the ${MODE.name} field is not an octal number` };
  if (size === undefined) return { problem: `the ${SIZE.name} field is not an octal number` };
  const problem = problemOfRest(block, packer);
  if (problem !== undefined) return { problem };
  return { path: pathOf(block), mode, size, type };
}

/** True for a block of zeros, two of which end an archive. */
export function isZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}

/** GNU tar keeps times and the parts of sparse files where ustar has its prefix; without them both read the same. */
function hasMagic(block: Uint8Array, packer: Packer): boolean {
  const magic = latin1(block, MAGIC_OFFSET, MAGIC.length);
  return (
    magic === MAGIC || (packer === "any" && magic === GNU_MAGIC && isZero(block.subarray(PREFIX.offset)))
  );
}

function problemOfRest(block: Uint8Array, packer: Packer): string | undefined {
  // Accounts of large organisations have numbers that tar cannot write in octal.
  const numbers = packer === "any" ? [] : OPTIONAL_NUMBERS;
  const number = numbers.find((field) => octal(block, field) === undefined && !isZero(bytesOf(block, field)));
  if (number !== undefined) return `the ${number.name} field is not an octal number`;
  const text = [NAME, LINK_NAME, PREFIX].find((field) => hidesBytes(bytesOf(block, field)));
  if (text !== undefined) return `the ${text.name} field has bytes after its end`;
  if (!isZero(block.subarray(500))) return "the header has bytes after its last field";
  return undefined;
}

/** C readers stop at the first NUL; others do not, or not where a line break follows. */
function hidesBytes(field: Uint8Array): boolean {
  const end = field.indexOf(0);
  return end !== -1 && !isZero(field.subarray(end));
}

function pathOf(block: Uint8Array): string | undefined {
  try {
    const name = text(block, NAME);
    const prefix = text(block, PREFIX);
    return prefix === "" ? name : `${prefix}/${name}`;
  } catch {
    return undefined;
  }
}

function text(block: Uint8Array, field: Field): string {
  const bytes = bytesOf(block, field);
  const end = bytes.indexOf(0);
  return UTF8.decode(end === -1 ? bytes : bytes.subarray(0, end));
}

/** Undefined for everything but plain octal: base-256, signs, blanks in front and letters are read differently by different tools. */
function octal(block: Uint8Array, field: Field): number | undefined {
  const digits = OCTAL.exec(latin1(block, field.offset, field.length))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

/** Sum of all bytes, with the checksum field itself taken as spaces. */
function sumOf(block: Uint8Array): number {
  const field = bytesOf(block, CHECKSUM);
  return add(block) - add(field) + CHECKSUM.length * 0x20;
}

function add(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0);
}

function bytesOf(block: Uint8Array, field: Field): Uint8Array {
  return block.subarray(field.offset, field.offset + field.length);
}

function latin1(block: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...block.subarray(offset, offset + length));
}
