import { hash } from "node:crypto";
import type { Digest } from "./blobs.ts";

const HEX_SHA512 = /^[0-9a-f]{128}$/;
const INTEGRITY = /^sha512-([A-Za-z0-9+/]{86}==)$/;

/** Digest of the bytes themselves. */
export function digestOf(bytes: Uint8Array): Digest {
  return toDigest(hash("sha512", bytes, "hex"));
}

/** True for the text of a digest, which is safe as a file name. */
export function isDigest(text: string): text is Digest {
  return HEX_SHA512.test(text);
}

/**
 * Digest behind an SRI of the form `sha512-<base64>`. Throws for anything else, other algorithms,
 * lists and options included: one digest has exactly one spelling here, so it can serve as a key.
 */
export function digestOfIntegrity(integrity: string): Digest {
  const base64 = INTEGRITY.exec(integrity)?.[1] ?? "";
  const hex = Buffer.from(base64, "base64").toString("hex");
  if (!isDigest(hex) || integrityOf(hex) !== integrity) {
    throw new Error(`not a sha512 integrity: ${JSON.stringify(integrity.slice(0, 120))}`);
  }
  return hex;
}

/** `sha512-<base64>`, as npm writes it into a packument. */
export function integrityOf(digest: Digest): string {
  return `sha512-${Buffer.from(digest, "hex").toString("base64")}`;
}

function toDigest(hex: string): Digest {
  if (!isDigest(hex)) throw new Error(`not a sha512 digest: ${hex}`);
  return hex;
}
