import { createHash } from "node:crypto";

/** SRI of bytes as registries give it. */
export function sha512Of(bytes: Uint8Array): string {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}

/** npm's own code for it, so that scripts need to know only one. */
export function integrityError(message: string): Error {
  return Object.assign(new Error(message), { code: "EINTEGRITY" });
}
