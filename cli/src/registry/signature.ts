import { verify } from "node:crypto";
import { SkillsError } from "@skills-registry/schema/basics";
import type { PublishedVersion, SigningKey } from "./registry.ts";

/** What a signature is about. */
type Signed = Pick<PublishedVersion, "name" | "version"> & {
  dist: Pick<PublishedVersion["dist"], "integrity" | "signatures">;
};

/**
 * Checks the registry's signatures of a version, as npm does: ECDSA P-256 over `name@version:integrity`. Whoever changes the
 * tarball in the registry's storage, or on the way, has to change the integrity, and cannot sign it. A registry that signs
 * signs everything, so a missing signature is as bad as a wrong one.
 */
export function verifySignatures(version: Signed, keys: SigningKey[], published: string | undefined): void {
  const id = `${version.name}@${version.version}`;
  const { integrity, signatures } = version.dist;
  if (signatures.length === 0)
    throw new SkillsError("ESIGNATURE", `${id} is not signed, though its registry signs`);
  for (const { keyid, sig } of signatures) {
    const key = keys.find((one) => one.keyid === keyid);
    if (key === undefined)
      throw new SkillsError("ESIGNATURE", `${id} is signed with ${keyid}, which is no key of its registry`);
    if (isExpired(key, published))
      throw new SkillsError("ESIGNATURE", `${id} is signed with ${keyid}, which had expired by then`);
    if (!isValid(`${id}:${integrity}`, key, sig))
      throw new SkillsError("ESIGNATURE", `the signature of ${id} does not hold`);
  }
}

/** A version without a time cannot be shown to be older than the key's end. */
function isExpired({ expires }: SigningKey, published: string | undefined): boolean {
  return expires !== null && !(Date.parse(published ?? "") < Date.parse(expires));
}

/** A key or signature that is no such thing at all does not hold either. */
function isValid(message: string, { pem }: SigningKey, signature: string): boolean {
  try {
    return verify("sha256", Buffer.from(message), pem, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}
