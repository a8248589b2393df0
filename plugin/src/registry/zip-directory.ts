import type { Limits } from "@skills-registry/schema";

/** End of central directory: its signature and its length without the comment. */
const END_SIGNATURE = Buffer.from("PK\x05\x06", "latin1");
const END_LENGTH = 22;
/** Locator of the ZIP64 end, which lies right before the end. */
const ZIP64_SIGNATURE = Buffer.from("PK\x06\x07", "latin1");
const ZIP64_LENGTH = 20;

/** macOS adds an entry of its own to each file, which is left out later; the limit itself is applied after that. */
const ENTRIES_FACTOR = 2;

/**
 * What is wrong with the end of a .zip, from which everything else is found: two readers that look for another end, or
 * believe another of its numbers, would find other files. Undefined when it is exactly where it has to be.
 */
export function directoryProblem(bytes: Buffer, limits: Limits): string | undefined {
  const end = bytes.length < END_LENGTH ? -1 : bytes.lastIndexOf(END_SIGNATURE, bytes.length - END_LENGTH);
  if (end === -1) return "the end of the archive is missing: it is cut off, or no .zip";
  if (end + END_LENGTH + bytes.readUInt16LE(end + 20) !== bytes.length) return "there is data after the end";
  if (
    bytes
      .subarray(end - ZIP64_LENGTH, end)
      .subarray(0, 4)
      .equals(ZIP64_SIGNATURE)
  )
    return "the archive is ZIP64";
  const entries = bytes.readUInt16LE(end + 10);
  const isSplit =
    bytes.readUInt16LE(end + 4) + bytes.readUInt16LE(end + 6) > 0 || bytes.readUInt16LE(end + 8) !== entries;
  if (isSplit) return "the archive is one of several parts";
  if (entries > limits.entries * ENTRIES_FACTOR) return `the archive has ${entries} entries`;
  const directory = bytes.readUInt32LE(end + 16);
  return directory + bytes.readUInt32LE(end + 12) === end
    ? undefined
    : "the directory does not lie before the end";
}
