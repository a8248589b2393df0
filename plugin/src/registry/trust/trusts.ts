import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { SkillsError } from "@skills-registry/schema";
import type { IssuerConfig } from "../../config.ts";
import type { Trust } from "../../store/identity.ts";
import type { MetadataWriter } from "../../store/metadata.ts";
import { audit } from "../audit.ts";
import { type Caller, requireAccount } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { claimsOfWish, type TrustWish } from "./trust-wish.ts";

/** More for one skill or namespace are a mistake, and each is compared at every exchange. */
const TRUSTS_MAX = 50;

/** What is trusted to publish a skill (`@acme/x`), or all of a namespace (`@acme`); oldest first. */
export async function listTrusts({ metadata }: Parts, subject: string): Promise<Trust[]> {
  return await metadata.trusts(subject);
}

/**
 * Trusts runs of CI with a skill, which may not be there yet, or with all of a namespace. The same trust again is the one there is.
 * Throws what `claimsOfWish` throws, and EBADREQUEST for an unknown issuer.
 */
export async function addTrust(
  parts: Parts,
  caller: Caller,
  { subject, wish }: { subject: string; wish: TrustWish },
): Promise<Trust> {
  const account = requireAccount(caller);
  const issuer = requireIssuer(parts.config.trustedPublishing, wish.issuer);
  const claims = await claimsOfWish(issuer, wish);
  return await parts.metadata.transaction(async (tx) => {
    await requireNamespace(tx, subject);
    const existing = await tx.trusts(subject);
    const same = existing.find(
      (trust) => trust.issuer === issuer.id && isDeepStrictEqual(trust.claims, claims),
    );
    if (same !== undefined) return same;
    if (existing.length >= TRUSTS_MAX) {
      throw new SkillsError("EBADREQUEST", `${subject} has ${TRUSTS_MAX} trusts already`, {
        hint: "Remove one that is not needed: skills trust remove.",
      });
    }
    const at = parts.now().toISOString();
    const trust = {
      id: randomUUID(),
      subject,
      issuer: issuer.id,
      claims,
      createdBy: account.name,
      createdAt: at,
    };
    await tx.insertTrust(trust);
    const detail = { trust: trust.id, issuer: issuer.id, claims };
    await audit(tx, caller, { at, action: "trust.add", subject, detail, namespace: namespaceOf(subject) });
    return trust;
  });
}

/** Ends the trust and the tokens given by it. Throws ENOTFOUND when the skill or namespace has no such trust. */
export async function removeTrust(
  parts: Parts,
  caller: Caller,
  { subject, id }: { subject: string; id: string },
): Promise<void> {
  await parts.metadata.transaction(async (tx) => {
    const trust = await tx.trust(id);
    if (trust?.subject !== subject) throw new SkillsError("ENOTFOUND", `${subject} has no such trust`);
    await tx.deleteTrust(id);
    await audit(tx, caller, {
      at: parts.now().toISOString(),
      action: "trust.remove",
      subject,
      detail: { trust: id, issuer: trust.issuer, claims: trust.claims },
      namespace: namespaceOf(subject),
    });
  });
}

function requireIssuer(issuers: IssuerConfig[], id: string): IssuerConfig {
  const found = issuers.find((issuer) => issuer.id === id);
  if (found !== undefined) return found;
  const known = issuers.map((issuer) => issuer.id).join(", ");
  throw new SkillsError(
    "EBADREQUEST",
    `${JSON.stringify(id.slice(0, 60))} is not an issuer of this registry`,
    {
      hint: known === "" ? "It is configured to trust none." : `It knows ${known}.`,
    },
  );
}

/** The right to it was proved before the repository was looked up, and may have gone meanwhile with the namespace. */
async function requireNamespace(tx: MetadataWriter, subject: string): Promise<void> {
  const namespace = await tx.namespace(namespaceOf(subject));
  if (namespace === undefined || namespace.movedTo !== null) {
    throw new SkillsError("ENOTFOUND", `there is no namespace @${namespaceOf(subject)}`);
  }
}

/** `acme` of `@acme` and of `@acme/x`. */
export function namespaceOf(subject: string): string {
  return subject.slice(1).split("/", 1)[0] ?? "";
}
