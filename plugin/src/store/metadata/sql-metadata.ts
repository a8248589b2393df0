import type { Kysely } from "kysely";
import type { MetadataReader, MetadataWriter, SearchDocument, SearchPage, SearchQuery } from "../metadata.ts";
import * as accounts from "./queries-accounts.ts";
import * as packages from "./queries-packages.ts";
import * as registry from "./queries-registry.ts";
import * as versions from "./queries-versions.ts";
import type { Database } from "./schema.ts";

type Db = Kysely<Database>;

/** Full-text search, the one part where SQL databases have nothing in common. */
export interface SearchIndex {
  /** `db` shows one state of the database for the whole call. */
  search(db: Db, query: SearchQuery): Promise<SearchPage>;
  put(db: Db, packageId: number, document: SearchDocument): Promise<void>;
  remove(db: Db, packageId: number): Promise<void>;
}

/** Everything readable, over one connection or transaction. */
export function sqlReader(db: Db, index: SearchIndex): MetadataReader {
  return {
    account: (name) => accounts.account(db, name),
    token: (hash) => accounts.token(db, hash),
    tokens: (accountId) => accounts.tokens(db, accountId),
    package: (name) => packages.packageOf(db, name),
    versions: (packageId) => versions.versions(db, packageId),
    version: (packageId, version) => versions.version(db, packageId, version),
    distTags: (packageId) => packages.distTags(db, packageId),
    starredBy: (accountName) => packages.starredBy(db, accountName),
    search: (query) => index.search(db, query),
    signingKey: () => registry.signingKey(db),
    audit: (limit) => registry.audit(db, limit),
    integrities: () => versions.integrities(db),
  };
}

/** Everything readable and writable, inside one transaction. */
export function sqlWriter(tx: Db, index: SearchIndex): MetadataWriter {
  return {
    ...sqlReader(tx, index),
    insertAccount: (account) => accounts.insertAccount(tx, account),
    insertToken: (token) => accounts.insertToken(tx, token),
    deleteToken: (accountId, id) => accounts.deleteToken(tx, accountId, id),
    insertPackage: (created) => packages.insertPackage(tx, created),
    touchPackage: (packageId, at) => packages.touchPackage(tx, packageId, at),
    putVersion: (packageId, version) => versions.putVersion(tx, packageId, version),
    setDeprecated: (packageId, version, message) =>
      versions.setDeprecated(tx, { packageId, version, message }),
    buryVersion: (packageId, version, at) => versions.buryVersion(tx, { packageId, version, at }),
    setDistTag: (packageId, tag) => packages.setDistTag(tx, packageId, tag),
    deleteDistTag: (packageId, tag) => packages.deleteDistTag(tx, packageId, tag),
    setStar: (packageId, accountId, starred) =>
      (starred ? packages.addStar : packages.removeStar)(tx, packageId, accountId),
    putSearchDocument: (packageId, document) => index.put(tx, packageId, document),
    deleteSearchDocument: (packageId) => index.remove(tx, packageId),
    insertSigningKey: (key) => registry.insertSigningKey(tx, key),
    appendAudit: (entry) => registry.appendAudit(tx, entry),
  };
}
