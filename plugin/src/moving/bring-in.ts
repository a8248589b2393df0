import { createPublicKey, hash, verify } from "node:crypto";
import { type Limits, type PackageName, SkillsError } from "@skills-registry/schema";
import { inspectPackage } from "../registry/candidate.ts";
import { versionFacts } from "../registry/version-facts.ts";
import type { SigningKey, Version } from "../store/metadata.ts";

/** What another registry says of one of its versions; all the rest is made from the bytes. */
export interface ForeignVersion extends Pick<
  Version,
  "version" | "integrity" | "signature" | "publishedAt" | "publisher" | "provenance" | "publishedAs"
> {
  name: PackageName;
  tarball: Buffer;
}

/**
 * The version as this registry would keep it, had it been published here: what readers see of its content comes from the bytes, never
 * from what the other side says of them. It is neither deprecated nor withdrawn. Throws what `inspectPackage` throws, and ESKILLMISMATCH
 * for a package of another name or number.
 */
export async function inspectForeign(foreign: ForeignVersion, limits: Limits): Promise<Version> {
  const { name, version, integrity, tarball } = foreign;
  const inspected = await inspectPackage({ tarball, claimedDist: { integrity } }, limits);
  const { manifest } = inspected;
  const packedName = foreign.publishedAs ?? name.full;
  if (manifest.name !== packedName || manifest.version !== version) {
    throw new SkillsError(
      "ESKILLMISMATCH",
      `the tarball of ${name.full}@${version} holds ${manifest.name}@${manifest.version}`,
    );
  }
  return {
    ...versionFacts(inspected),
    version,
    publishedAt: foreign.publishedAt,
    publisher: foreign.publisher,
    provenance: foreign.provenance,
    publishedAs: foreign.publishedAs,
    signature: foreign.signature,
    deprecated: null,
    unpublishedAt: null,
    quarantine: null,
  };
}

/** A public key of a registry. */
export type PublicKey = Pick<SigningKey, "keyid" | "publicKey">;

/** Whether a key is what its id says: an ECDSA P-256 key, and this one. Without it, a known id could come with another key. */
export function isSoundKey({ keyid, publicKey }: PublicKey): boolean {
  try {
    const spki = Buffer.from(publicKey, "base64");
    const key = createPublicKey({ key: spki, type: "spki", format: "der" });
    const id = `SHA256:${hash("sha256", spki, "base64")}`;
    return key.asymmetricKeyDetails?.namedCurve === "prime256v1" && id === keyid;
  } catch {
    return false;
  }
}

/** Whether one of the keys has signed `name@version:integrity`, as npm's registry signs versions. */
export function isSigned(
  name: string,
  { version, integrity, signature }: Pick<Version, "version" | "integrity" | "signature">,
  keys: PublicKey[],
): boolean {
  const key = keys.find(({ keyid }) => keyid === signature.keyid);
  if (key === undefined) return false;
  try {
    const spki = { key: Buffer.from(key.publicKey, "base64"), type: "spki", format: "der" } as const;
    const message = Buffer.from(`${name}@${version}:${integrity}`);
    return verify("sha256", message, createPublicKey(spki), Buffer.from(signature.sig, "base64"));
  } catch {
    return false;
  }
}
