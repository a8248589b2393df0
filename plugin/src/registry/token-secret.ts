import { createHash, randomBytes } from "node:crypto";
import { tokenChecksum } from "@skills-registry/schema";

/** Marks our secrets for people and for secret scanners. */
const PREFIX = "skl_";
/** 256 bits: no guessing, so a plain SHA-256 protects them at rest without a slow hash. */
const SECRET_BYTES = 32;
/** Shown in token lists: the prefix and four characters. */
const HINT_LENGTH = PREFIX.length + 4;

/** The last six characters are the checksum of the 43 before; secrets made before there was one are good, too. */
const FORM = /^skl_([\w-]{43})([0-9A-Za-z]{6})?$/;

export function newSecret(): string {
  const random = randomBytes(SECRET_BYTES).toString("base64url");
  return PREFIX + random + tokenChecksum(random);
}

/** False for what cannot be a secret of ours: the checksum tells without asking the database. */
export function isSecretForm(text: string): boolean {
  const [form, random = "", checksum] = FORM.exec(text) ?? [];
  return form !== undefined && (checksum === undefined || checksum === tokenChecksum(random));
}

/** Hex SHA-256: what is stored of a secret. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** First characters, for people to recognise it. */
export function hintOf(secret: string): string {
  return secret.slice(0, HINT_LENGTH);
}
