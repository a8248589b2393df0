import { randomBytes } from "node:crypto";

/** Crockford's letters: nobody mistakes one for another, in whatever font. 5 bits each. */
const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
const GROUP = 4;

/** A secret that people copy or type, in groups of 20 bits: `k7dm-02xe-…`. */
export function newReadableSecret(groups: number): string {
  const letters = Array.from(randomBytes(groups * GROUP), (byte) => LETTERS[byte % LETTERS.length]).join("");
  return letters.match(/.{4}/g)?.join("-") ?? "";
}

/** What was typed as it was printed, whatever became of case, spaces and look-alikes on the way. */
export function normalReadableSecret(typed: string): string {
  const letters = typed
    .toLowerCase()
    .replace(/[^0-9a-z]/g, "")
    .replace(/o/g, "0")
    .replace(/[il]/g, "1");
  return letters.match(/.{1,4}/g)?.join("-") ?? "";
}
