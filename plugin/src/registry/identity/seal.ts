import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** AES-256-GCM: 12 bytes of nonce, 16 of tag. */
const NONCE = 12;
const TAG = 16;

/** Encrypts what the database holds for us and nobody else: a copy of it alone gives nobody access at GitHub. */
export interface Seal {
  seal(text: string): string;
  /** Undefined for what was sealed with another key, or changed since. */
  open(sealed: string): string | undefined;
}

/** `key` has 32 bytes. */
export function sealWith(key: Buffer): Seal {
  return {
    seal(text) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const content = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), content]).toString("base64url");
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, "base64url");
      if (bytes.length < NONCE + TAG) return undefined;
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE));
      decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString(
          "utf8",
        );
      } catch {
        return undefined;
      }
    },
  };
}
