import type { Issue } from "@skills-registry/schema";
import type { Gauge } from "../observe/gauges.ts";
import type { IdentityReader, IdentityWriter, Provenance, Visibility } from "./identity.ts";
import type { MirrorReader, MirrorWriter } from "./mirrors.ts";
import type { SearchDocument, SearchPage, SearchQuery } from "./search.ts";

/** Everything the registry knows except the tarballs. Times are ISO 8601 in UTC, to the millisecond. */

export interface Package {
  id: number;
  name: string;
  namespace: string;
  visibility: Visibility;
  /** Counts every visible change of the package; caches and stale writers are measured against it. */
  rev: number;
  createdAt: string;
  modifiedAt: string;
}

/** One version as it was published, or its tombstone. */
export interface Version {
  version: string;
  publishedAt: string;
  /** Name of the account that published it; for trusted publishing that of the CI system. */
  publisher: string;
  /** What trusted publishing knows of its build; null for versions that people published. */
  provenance: Provenance | null;
  /** Name in its tarball, where the skill has moved since; else null. */
  publishedAs: string | null;
  /** SRI, `sha512-<base64>`; also the key of the blob. */
  integrity: string;
  /** Hex sha1. */
  shasum: string;
  /** Bytes of the tarball. */
  size: number;
  unpackedSize: number;
  fileCount: number;
  /** One of its skills brings files in `scripts/`. */
  hasScripts: boolean;
  signature: { keyid: string; sig: string };
  /** Whitelisted package.json of the tarball plus `skill`; empty for a tombstone. */
  manifest: Record<string, unknown>;
  /** SKILL.md as published; empty for a tombstone. */
  readme: string;
  warnings: Issue[];
  /** Message of `npm deprecate`; null when not deprecated. */
  deprecated: string | null;
  /** Set for a tombstone: the version is gone, its number stays taken. */
  unpublishedAt: string | null;
  /** Set by an operator: nobody can have it any more, and the reason is shown to whoever asks. */
  quarantine: Quarantine | null;
}

export interface Quarantine {
  at: string;
  /** One line for people. */
  reason: string;
  /** Tags that named the version, which get it back at its release. */
  tags: Omit<DistTag, "version">[];
}

/** A version without its readme: packuments carry every manifest but only one readme. */
export type VersionSummary = Omit<Version, "readme">;

export interface DistTag {
  tag: string;
  version: string;
  /** Set by a person with `npm dist-tag` or `--tag`; such a `latest` is not moved by later publishes. */
  manual: boolean;
}

export interface SigningKey {
  /** `SHA256:<base64>` of the public key, as npm writes it. */
  keyid: string;
  /** SPKI, DER, base64. */
  publicKey: string;
  /** PKCS #8, PEM. Never leaves the process. */
  privateKey: string;
  createdAt: string;
}

export interface AuditEntry {
  at: string;
  /** Name of the account, or of the CI system; null for an anonymous caller. */
  account: string | null;
  action: string;
  /** Package name, token id or account name that was acted on. */
  subject: string;
  /** Whose owners see the entry; null for what only operators do. */
  namespace: string | null;
  detail: Record<string, unknown>;
  /** Address of the caller as the host saw it. */
  address: string;
}

/** An entry as it was written. Each holds the hash of the one before: registry/audit-chain.ts. */
export interface AuditRecord extends AuditEntry {
  /** 1, 2, 3, … without gaps. */
  id: number;
  /** Hex SHA-256 of the entry and of the hash before it. */
  hash: string;
}

/** How often one version was downloaded, or reported as installed, on one day. */
export interface DownloadCount {
  packageId: number;
  version: string;
  /** `2026-11-22`, UTC. */
  day: string;
  count: number;
}

export interface DayCount {
  /** `2026-11-22`, UTC. */
  day: string;
  count: number;
}

/** First and last day, both included. */
export interface DayRange {
  from: string;
  to: string;
}

/** How many of each there are. */
export interface RegistryCounts {
  packages: number;
  versions: number;
  namespaces: number;
  accounts: number;
  /** Bytes of all live tarballs; the same bytes under two versions count twice. */
  tarballBytes: number;
  downloads: number;
  likes: number;
}

/** What use is made of all packages of a namespace together. */
export interface NamespaceUse {
  likes: number;
  downloads: number;
}

/** The removal of a blob that no version needs. */
export interface Sweep {
  begunAt: string;
  /** Null while it is going on. */
  endedAt: string | null;
}

/** A row of one of the tables of store/metadata/dump-tables.ts. */
export interface DumpedRow {
  table: string;
  row: Record<string, string | number | boolean | null>;
}

/** Reads; inside a transaction they see its own writes and hold off other writers. */
export interface MetadataReader extends IdentityReader, MirrorReader {
  package(name: string): Promise<Package | undefined>;
  /** Those in quarantine, of all packages, the last withdrawn first. */
  quarantined(): Promise<{ name: string; version: string; quarantine: Quarantine }[]>;
  /** Oldest publish first, tombstones included. */
  versions(packageId: number): Promise<VersionSummary[]>;
  version(packageId: number, version: string): Promise<Version | undefined>;
  distTags(packageId: number): Promise<DistTag[]>;
  /** Names of the packages with a live version that the account starred and that may be seen (as in SearchQuery.readable), sorted. */
  starredBy(accountName: string, readable: string[]): Promise<string[]>;
  /** Number of accounts that like the package: `npm star` and the like of pages and API are one thing. */
  likes(packageId: number): Promise<number>;
  liked(packageId: number, accountId: number): Promise<boolean>;
  search(query: SearchQuery): Promise<SearchPage>;
  /** Names of the packages whose `latest` depends on this one and that may be found, sorted; at most `limit`. */
  dependents(name: string, readable: string[], limit: number): Promise<string[]>;
  /** Downloads of all versions together, by day; days without any are left out. */
  downloads(packageId: number, range: DayRange): Promise<DayCount[]>;
  /** Most downloaded first, ties by version; versions without any are left out, unpublished ones are not. */
  downloadsByVersion(packageId: number, range: DayRange): Promise<{ version: string; count: number }[]>;
  /** Downloads of all packages that were public on the day, together; days without any are left out. */
  allDownloads(range: DayRange): Promise<DayCount[]>;
  /** Installs of all versions that people chose to report. */
  installs(packageId: number, range: DayRange): Promise<number>;
  /** Of everything, or of what is public; accounts are counted either way. */
  counts(of: "everything" | "public"): Promise<RegistryCounts>;
  /** Of the skills that may be seen (as in SearchQuery.readable). Downloads are those of the range. */
  namespaceUse(namespace: string, readable: string[], range: DayRange): Promise<NamespaceUse>;
  /** The search documents have to be rebuilt: an upgrade of the database changed what they hold. */
  searchIsStale(): Promise<boolean>;
  /** Which version of which package search shows: those with a search document, in order of the package's id, those after the id `after`. */
  searchDocuments(after: number, limit: number): Promise<{ packageId: number; version: string }[]>;
  /** Every package in order of its id, `limit` at a time, those after the id `after`. */
  packagesAfter(after: number, limit: number): Promise<Package[]>;
  /** Of one namespace, those without a live version included, by name. */
  packagesIn(namespace: string): Promise<Package[]>;
  /** The same without those that have none. */
  livePackagesIn(namespace: string): Promise<Package[]>;
  /** The newest key; undefined before the first start. */
  signingKey(): Promise<SigningKey | undefined>;
  /** Newest first. `before` is the id of an entry; `namespace` null asks for all. */
  audit(page: { namespace: string | null; before: number | null; limit: number }): Promise<AuditRecord[]>;
  /** Oldest first, those after the id `after`: the order of the chain. */
  auditAfter(after: number, limit: number): Promise<AuditRecord[]>;
  /** Integrity of every version that is not a tombstone, for the sweep of unreferenced blobs. */
  integrities(): AsyncIterable<string>;
  /** Random, made with the database: what belongs to this registry names it. */
  registryId(): Promise<string>;
  /** Random, and of this database alone: where its registry was restored or moved from, or to, there is another one. */
  databaseId(): Promise<string>;
  /** That the blob of this integrity is being swept, or was lately; see registry/sweep.ts. */
  sweepOf(integrity: string): Promise<Sweep | undefined>;
}

/** Writes; nothing is visible to others, or durable, before the transaction ends. */
export interface MetadataWriter extends MetadataReader, IdentityWriter, MirrorWriter {
  insertPackage(created: {
    name: string;
    namespace: string;
    visibility: Visibility;
    at: string;
  }): Promise<Package>;
  /** Raises `rev` by one and sets `modifiedAt`; returns the new rev. */
  touchPackage(packageId: number, at: string): Promise<number>;
  /** Writes the version, over its tombstone if there is one; never over a live version. */
  putVersion(packageId: number, version: Version): Promise<void>;
  setDeprecated(packageId: number, version: string, message: string | null): Promise<void>;
  /** Empties manifest, readme and warnings and sets `unpublishedAt`; integrity stays, to know the bytes again. */
  buryVersion(packageId: number, version: string, at: string): Promise<void>;
  /** Versions are signed with their name: one that moves is signed again. */
  setSignature(packageId: number, version: string, signature: Version["signature"]): Promise<void>;
  setQuarantine(packageId: number, version: string, quarantine: Version["quarantine"]): Promise<void>;
  setDistTag(packageId: number, tag: DistTag): Promise<void>;
  deleteDistTag(packageId: number, tag: string): Promise<void>;
  /** Sets or takes back a like; the search document shows the new number at once. */
  setStar(packageId: number, accountId: number, starred: boolean): Promise<void>;
  /** Adds to what is counted already. */
  addDownloads(counts: DownloadCount[]): Promise<void>;
  /** Adds to what is counted already; installs count nowhere else, neither for search nor for the registry's sums. */
  addInstalls(counts: DownloadCount[]): Promise<void>;
  /** Search documents take over the downloads of the 30 days up to `day`; all of them when no package is named. */
  refreshDownloads(day: string, packageIds: number[] | "all"): Promise<void>;
  putSearchDocument(packageId: number, document: SearchDocument): Promise<void>;
  deleteSearchDocument(packageId: number): Promise<void>;
  /** Ends a rebuild: `searchIsStale` is false from now on. */
  markSearchCurrent(): Promise<void>;
  insertSigningKey(key: SigningKey): Promise<void>;
  /** Writes the entry behind the last one, with the next id and hash. */
  appendAudit(entry: AuditEntry): Promise<void>;
  /** False when a live version needs the blob: it must not be swept then. */
  beginSweep(integrity: string, at: string): Promise<boolean>;
  endSweep(integrity: string, at: string): Promise<void>;
  /** The blob was put again since. */
  forgetSweep(integrity: string): Promise<void>;
  /** Those that ended before then. */
  forgetSweepsBefore(before: string): Promise<void>;
}

/**
 * What a transaction keeps to, so that others need not wait for it: `package @acme/x`, `counts`, … All it writes, and all it decides by,
 * is its own, or changed only by transactions without a scope. `log`: an audit entry and nothing else.
 */
export type Scope = `package ${string}` | "counts" | "tokens" | "logins" | "log";

export interface Metadata extends MetadataReader {
  /**
   * Runs `work` in one transaction, serialised against all others, or, with a scope, against those of the same scope and those without
   * one; durable when the promise resolves. A throw inside rolls everything back and is passed on. `work` must not wait for anything but
   * its writer, and has no effect but by it: where nodes share a database it runs again after a deadlock or a failover.
   */
  transaction<T>(work: (tx: MetadataWriter) => Promise<T>, scope?: Scope): Promise<T>;
  /** Throws, with a reason for operators, when the database can be neither read nor written. */
  check(): Promise<void>;
  /** False when it lacks a migration that this release needs, as when an older backup was put in its place. */
  isMigrated(): Promise<boolean>;
  /** Everything but the search index, of one state: what is written meanwhile is not in it. */
  dump(): AsyncIterable<DumpedRow>;
  /**
   * Takes over a dump, whole or not at all; search is stale then. `rows` may be asked for again when the transaction has to run again.
   * Throws EBADREQUEST when the database holds anything of a registry.
   */
  load(rows: () => AsyncIterable<DumpedRow>): Promise<void>;
  /** Names of the tables that hold anything; empty for a database that was made and never used. */
  used(): Promise<string[]>;
  /** What it tells of itself at `/-/metrics`. */
  gauges?: Gauge[];
  close(): Promise<void>;
}
