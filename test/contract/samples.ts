import { skeleton } from "../../plugin/src/registry/names/skeleton.ts";
import type { Account, Identity, Namespace, Provenance, Token } from "../../plugin/src/store/identity.ts";
import type {
  AuditEntry,
  Metadata,
  MetadataWriter,
  Package,
  Quarantine,
  SigningKey,
  Version,
} from "../../plugin/src/store/metadata.ts";
import { parseQuery } from "../../plugin/src/registry/search/query.ts";
import type { SearchDocument, SearchQuery } from "../../plugin/src/store/search.ts";
import { digestOf, integrityOf } from "../../plugin/src/store/digest.ts";

/** Records with good defaults, for tests of stores. */

export const AT = "2026-03-01T10:00:00.000Z";
export const LATER = "2026-03-02T10:00:00.000Z";

export function sampleAccount(name = "acme", changes: Partial<Account> = {}): Omit<Account, "id"> {
  return {
    name,
    email: `${name}@example.com`,
    passwordHash: "scrypt$x",
    operator: false,
    lockedAt: null,
    createdAt: AT,
    ...changes,
  };
}

export function sampleNamespace(name: string, changes: Partial<Namespace> = {}): Namespace {
  return { name, kind: "org", visibility: null, movedTo: null, createdAt: AT, ...changes };
}

export function sampleIdentity(accountId: number, changes: Partial<Identity> = {}): Identity {
  return {
    provider: "github",
    subject: "7",
    accountId,
    login: "zoe",
    groups: [
      { id: "123", name: "acme", admin: false },
      { id: "123/4", name: "acme/legal", admin: true },
    ],
    groupsAt: AT,
    grant: "sealed",
    createdAt: AT,
    ...changes,
  };
}

export function sampleToken(accountId: number | null, changes: Partial<Token> = {}): Token {
  return {
    id: "token-1",
    accountId,
    kind: "token",
    hash: "a".repeat(64),
    hint: "sk_abc",
    name: "ci",
    readonly: true,
    packages: ["@acme", "@globex/tools"],
    cidr: ["10.0.0.0/8", "::1/128"],
    createdAt: AT,
    expiresAt: LATER,
    lastUsedAt: null,
    trustId: null,
    provenance: null,
    ...changes,
  };
}

export function sampleVersion(version = "1.0.0", changes: Partial<Version> = {}): Version {
  return {
    version,
    publishedAt: AT,
    publisher: "acme",
    provenance: null,
    publishedAs: null,
    integrity: integrityOf(digestOf(Buffer.from(version))),
    shasum: "0123456789abcdef0123456789abcdef01234567",
    size: 1_234,
    unpackedSize: 5_678,
    fileCount: 3,
    hasScripts: false,
    signature: { keyid: "SHA256:key", sig: "c2ln" },
    manifest: {
      name: "@acme/legal-documents",
      version,
      skill: { name: "legal-documents", nested: [1, null, "é"] },
    },
    readme: "# Legal documents\n",
    warnings: [
      {
        code: "manifest.license.missing",
        severity: "warning",
        path: "SKILL.md",
        line: 2,
        message: "m",
        fix: "f",
      },
    ],
    deprecated: null,
    unpublishedAt: null,
    quarantine: null,
    ...changes,
  };
}

export function sampleQuarantine(changes: Partial<Quarantine> = {}): Quarantine {
  return { at: LATER, reason: "malware", tags: [{ tag: "beta", manual: true }], ...changes };
}

export const PROVENANCE: Provenance = {
  issuer: "github",
  publisher: "GitHub Actions",
  repository: "https://github.example.com/acme/skills",
  commit: "0123456789abcdef",
  ref: "refs/heads/main",
  workflow: ".github/workflows/publish.yml",
  environment: null,
  run: null,
};

export function sampleKey(changes: Partial<SigningKey> = {}): SigningKey {
  return { keyid: "SHA256:1", publicKey: "cHVi", privateKey: "-----BEGIN", createdAt: AT, ...changes };
}

export function sampleEntry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: AT,
    account: "acme",
    action: "publish",
    subject: "@acme/legal-documents",
    namespace: "acme",
    detail: {},
    address: "::1",
    ...changes,
  };
}

export function sampleDocument(name: string, changes: Partial<SearchDocument> = {}): SearchDocument {
  return {
    name,
    namespace: name.slice(1, name.indexOf("/")),
    version: "1.0.0",
    description: "",
    keywords: [],
    license: "MIT",
    publisher: "acme",
    authors: [],
    agents: [],
    hasScripts: false,
    publishedAt: AT,
    deprecated: false,
    restricted: false,
    dependencies: [],
    headings: [],
    body: "",
    ...changes,
  };
}

/** What an anonymous caller asks by typing this. */
export function sampleQuery(text: string, changes: Partial<SearchQuery> = {}): SearchQuery {
  return {
    ...parseQuery(text),
    readable: [],
    sort: "relevance",
    from: 0,
    size: 20,
    facets: false,
    bodies: false,
    ...changes,
  };
}

export function addAccount(metadata: Metadata, name = "acme"): Promise<Account> {
  return metadata.transaction((tx) => insertAccount(tx, name));
}

export function insertAccount(
  tx: MetadataWriter,
  name = "acme",
  changes: Partial<Account> = {},
): Promise<Account> {
  return tx.insertAccount(sampleAccount(name, changes), skeleton(name));
}

/** A package with no versions. */
export function addPackage(
  metadata: Metadata,
  name = "@acme/legal-documents",
  changes: Partial<Pick<Package, "visibility">> = {},
): Promise<Package> {
  return metadata.transaction((tx) => insertPackage(tx, name, changes));
}

/** Packages that exist for search only. */
export async function addDocuments(metadata: Metadata, documents: SearchDocument[]): Promise<void> {
  await metadata.transaction(async (tx) => {
    for (const document of documents) {
      const { id } = await insertPackage(tx, document.name);
      await tx.putSearchDocument(id, document);
    }
  });
}

export function insertPackage(
  tx: MetadataWriter,
  name = "@acme/legal-documents",
  changes: Partial<Pick<Package, "visibility">> = {},
): Promise<Package> {
  const namespace = name.slice(1, name.indexOf("/"));
  return tx.insertPackage({ name, namespace, visibility: "public", at: AT, ...changes });
}
