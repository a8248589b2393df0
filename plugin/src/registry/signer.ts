import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { Metadata, SigningKey } from "../store/metadata.ts";

/** Signs versions as npm's registry does: ECDSA P-256 over `name@version:integrity`. */
export interface Signer {
  /** Public half, for `/-/npm/v1/keys`. */
  key: Pick<SigningKey, "keyid" | "publicKey">;
  sign(name: string, version: string, integrity: string): { keyid: string; sig: string };
}

/** The signer with the registry's key; the first start makes the key. */
export async function openSigner(metadata: Metadata, now: () => Date): Promise<Signer> {
  const key = await metadata.transaction(async (tx) => {
    const existing = await tx.signingKey();
    if (existing !== undefined) return existing;
    const made = generateKey(now());
    await tx.insertSigningKey(made);
    return made;
  });
  return signerOf(key, createPrivateKey(key.privateKey));
}

function signerOf(key: SigningKey, privateKey: KeyObject): Signer {
  return {
    key: { keyid: key.keyid, publicKey: key.publicKey },
    sign(name, version, integrity) {
      const sig = sign("sha256", Buffer.from(`${name}@${version}:${integrity}`), privateKey);
      return { keyid: key.keyid, sig: sig.toString("base64") };
    },
  };
}

function generateKey(now: Date): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  return {
    keyid: `SHA256:${createHash("sha256").update(spki).digest("base64")}`,
    publicKey: spki.toString("base64"),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    createdAt: now.toISOString(),
  };
}
