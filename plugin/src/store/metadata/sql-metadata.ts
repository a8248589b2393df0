import type { Kysely } from "kysely";
import type { MetadataReader, MetadataWriter } from "../metadata.ts";
import type { SearchDocument, SearchPage, SearchQuery } from "../search.ts";
import { counts, namespaceUse } from "./queries-counts.ts";
import * as mirrors from "./queries-mirrors.ts";
import * as packages from "./queries-packages.ts";
import * as registry from "./queries-registry.ts";
import * as signals from "./queries-signals.ts";
import * as sweeps from "./queries-sweeps.ts";
import * as versions from "./queries-versions.ts";
import type { Database } from "./schema.ts";
import { identityReader, identityWriter } from "./sql-identity.ts";

type Db = Kysely<Database>;

/** Full-text search, the one part where SQL databases have nothing in common. */
export interface SearchIndex {
  /** `db` shows one state of the database for the whole call. */
  search(db: Db, query: SearchQuery): Promise<SearchPage>;
  put(db: Db, packageId: number, document: SearchDocument): Promise<void>;
  /** The documents show the likes that there are. */
  refreshLikes(db: Db, packageId: number): Promise<void>;
  /** The documents show the downloads of the 30 days up to `day`. */
  refreshDownloads(db: Db, day: string, packageIds: number[] | "all"): Promise<void>;
  dependents(db: Db, asked: { name: string; readable: string[]; limit: number }): Promise<string[]>;
  isStale(db: Db): Promise<boolean>;
  markCurrent(db: Db): Promise<void>;
  /** The documents have to be rebuilt. */
  markStale(db: Db): Promise<void>;
  /** Those that there are, in order of the package's id. */
  documents(db: Db, after: number, limit: number): Promise<{ packageId: number; version: string }[]>;
  remove(db: Db, packageId: number): Promise<void>;
}

/** Everything readable, over one connection or transaction. */
export function sqlReader(db: Db, index: SearchIndex): MetadataReader {
  return {
    ...identityReader(db),
    package: (name) => packages.packageOf(db, name),
    quarantined: () => versions.quarantined(db),
    versions: (packageId) => versions.versions(db, packageId),
    version: (packageId, version) => versions.version(db, packageId, version),
    distTags: (packageId) => packages.distTags(db, packageId),
    starredBy: (accountName, readable) => packages.starredBy(db, accountName, readable),
    likes: (packageId) => signals.likes(db, packageId),
    liked: (packageId, accountId) => signals.liked(db, packageId, accountId),
    search: (query) => index.search(db, query),
    dependents: (name, readable, limit) => index.dependents(db, { name, readable, limit }),
    searchIsStale: () => index.isStale(db),
    searchDocuments: (after, limit) => index.documents(db, after, limit),
    downloads: (packageId, range) => signals.downloads(db, packageId, range),
    downloadsByVersion: (packageId, range) => signals.downloadsByVersion(db, packageId, range),
    installs: (packageId, range) => signals.installs(db, packageId, range),
    allDownloads: (range) => signals.allDownloads(db, range),
    counts: (of) => counts(db, of),
    namespaceUse: (namespace, readable, range) => namespaceUse(db, { namespace, readable }, range),
    packagesAfter: (after, limit) => packages.packagesAfter(db, after, limit),
    packagesIn: (namespace) => packages.packagesIn(db, namespace),
    livePackagesIn: (namespace) => packages.livePackagesIn(db, namespace),
    signingKey: () => registry.signingKey(db),
    audit: (page) => registry.audit(db, page),
    auditAfter: (after, limit) => registry.auditAfter(db, after, limit),
    integrities: () => versions.integrities(db),
    registryId: () => registry.registryId(db),
    databaseId: () => registry.databaseId(db),
    sweepOf: (integrity) => sweeps.sweepOf(db, integrity),
    mirrors: () => mirrors.mirrors(db),
    mirror: (namespace) => mirrors.mirror(db, namespace),
    mirrorKeys: () => mirrors.mirrorKeys(db),
    mirroredSkills: (namespace) => mirrors.mirroredSkills(db, namespace),
    mirrorRefusals: (limit) => mirrors.mirrorRefusals(db, limit),
    mirrorRefusalsOf: (name) => mirrors.mirrorRefusalsOf(db, name),
  };
}

/** Everything readable and writable, inside one transaction. */
export function sqlWriter(tx: Db, index: SearchIndex): MetadataWriter {
  return {
    ...sqlReader(tx, index),
    ...identityWriter(tx),
    insertPackage: (created) => packages.insertPackage(tx, created),
    touchPackage: (packageId, at) => packages.touchPackage(tx, packageId, at),
    putVersion: (packageId, version) => versions.putVersion(tx, packageId, version),
    setDeprecated: (packageId, version, message) =>
      versions.setDeprecated(tx, { packageId, version, message }),
    buryVersion: (packageId, version, at) => versions.buryVersion(tx, { packageId, version, at }),
    setSignature: (packageId, version, signature) =>
      versions.setSignature(tx, { packageId, version, signature }),
    setQuarantine: (packageId, version, quarantine) =>
      versions.setQuarantine(tx, { packageId, version, quarantine }),
    setDistTag: (packageId, tag) => packages.setDistTag(tx, packageId, tag),
    deleteDistTag: (packageId, tag) => packages.deleteDistTag(tx, packageId, tag),
    setStar: async (packageId, accountId, starred) => {
      await (starred ? packages.addStar : packages.removeStar)(tx, packageId, accountId);
      await index.refreshLikes(tx, packageId);
    },
    addDownloads: (counts) => signals.addDownloads(tx, counts),
    addInstalls: (counts) => signals.addInstalls(tx, counts),
    refreshDownloads: (day, packageIds) => index.refreshDownloads(tx, day, packageIds),
    putSearchDocument: (packageId, document) => index.put(tx, packageId, document),
    deleteSearchDocument: (packageId) => index.remove(tx, packageId),
    markSearchCurrent: () => index.markCurrent(tx),
    insertSigningKey: (key) => registry.insertSigningKey(tx, key),
    appendAudit: (entry) => registry.appendAudit(tx, entry),
    beginSweep: (integrity, at) => sweeps.beginSweep(tx, integrity, at),
    endSweep: (integrity, at) => sweeps.endSweep(tx, integrity, at),
    forgetSweep: (integrity) => sweeps.forgetSweep(tx, integrity),
    forgetSweepsBefore: (before) => sweeps.forgetSweepsBefore(tx, before),
    putMirror: (mirror) => mirrors.putMirror(tx, mirror),
    putMirrorKeys: (url, keys) => mirrors.putMirrorKeys(tx, url, keys),
    putMirroredSkill: (skill) => mirrors.putMirroredSkill(tx, skill),
    deleteMirroredSkill: (name) => mirrors.deleteMirroredSkill(tx, name),
    putMirrorRefusals: (name, refusals) => mirrors.putMirrorRefusals(tx, name, refusals),
  };
}
