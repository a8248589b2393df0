import { randomBytes } from "node:crypto";
import { hashSecret, hintOf, newSecret } from "../../plugin/src/registry/token-secret.ts";
import type { Token } from "../../plugin/src/store/identity.ts";
import type { MetadataWriter } from "../../plugin/src/store/metadata.ts";

const AT = "2026-11-22T12:00:00.000Z";

/** Secret of a token that trusted publishing gave to a run, for one skill. */
export async function giveRun(tx: MetadataWriter, subject: string): Promise<string> {
  const id = randomBytes(16).toString("hex");
  await tx.insertTrust({ id, subject, issuer: "github", claims: {}, createdBy: "acme", createdAt: AT });
  const provenance = {
    issuer: "github",
    publisher: "GitHub Actions",
    repository: "https://github.com/acme/skills",
    commit: null,
    ref: null,
    workflow: null,
    environment: null,
    run: null,
  };
  return await giveToken(tx, {
    accountId: null,
    kind: "publish",
    packages: [subject],
    trustId: id,
    provenance,
  });
}

/** Secret of a token as it is described, put into the database. */
export async function giveToken(tx: MetadataWriter, token: Partial<Token>): Promise<string> {
  const secret = newSecret();
  await tx.insertToken({
    id: randomBytes(16).toString("hex"),
    accountId: null,
    kind: "token",
    hash: hashSecret(secret),
    hint: hintOf(secret),
    name: null,
    readonly: false,
    packages: [],
    cidr: [],
    createdAt: AT,
    expiresAt: null,
    lastUsedAt: null,
    trustId: null,
    provenance: null,
    ...token,
  });
  return secret;
}
