import { crc32 } from "node:zlib";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
export const CHECKSUM_LENGTH = 6;

/** What a token ends with so that made-up ones can be told apart offline: the CRC-32 of its random part in base 62, six digits. */
export function tokenChecksum(random: string): string {
  let sum = crc32(random);
  let digits = "";
  for (let digit = 0; digit < CHECKSUM_LENGTH; digit += 1) {
    digits = (BASE62[sum % BASE62.length] ?? "") + digits;
    sum = Math.floor(sum / BASE62.length);
  }
  return digits;
}
