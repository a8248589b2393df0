import type {
  Metadata,
  MetadataWriter,
  Package,
  SigningKey,
  Token,
  Version,
} from "../../plugin/src/store/metadata.ts";
import { parseQuery } from "../../plugin/src/registry/search/query.ts";
import type { SearchDocument, SearchQuery } from "../../plugin/src/store/search.ts";
import { digestOf, integrityOf } from "../../plugin/src/store/digest.ts";

/** Records with good defaults, for tests of stores. */

export const AT = "2026-03-01T10:00:00.000Z";
export const LATER = "2026-03-02T10:00:00.000Z";

export function sampleAccount(name = "acme") {
  return { name, email: `${name}@example.com`, passwordHash: "scrypt$x", createdAt: AT };
}

export function sampleToken(accountId: number, changes: Partial<Token> = {}): Token {
  return {
    id: "token-1",
    accountId,
    hash: "a".repeat(64),
    hint: "sk_abc",
    name: "ci",
    readonly: true,
    cidr: ["10.0.0.0/8", "::1/128"],
    createdAt: AT,
    expiresAt: LATER,
    ...changes,
  };
}

export function sampleVersion(version = "1.0.0", changes: Partial<Version> = {}): Version {
  return {
    version,
    publishedAt: AT,
    publisher: "acme",
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
    ...changes,
  };
}

export function sampleKey(changes: Partial<SigningKey> = {}): SigningKey {
  return { keyid: "SHA256:1", publicKey: "cHVi", privateKey: "-----BEGIN", createdAt: AT, ...changes };
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

/** A package with no versions. */
export function addPackage(metadata: Metadata, name = "@acme/legal-documents"): Promise<Package> {
  return metadata.transaction((tx) => insertPackage(tx, name));
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

function insertPackage(tx: MetadataWriter, name: string): Promise<Package> {
  return tx.insertPackage({ name, namespace: name.slice(1, name.indexOf("/")), at: AT });
}
