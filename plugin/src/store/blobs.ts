import type { Readable } from "node:stream";

/** Lower-case hex sha512 of a blob's bytes; its only name. */
export type Digest = string & { readonly digest: unique symbol };

/** Inclusive byte range, both ends inside the blob. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface OpenBlob {
  /** Size of the whole blob in bytes, whatever the range. */
  size: number;
  stream: Readable;
}

export interface BlobInfo {
  digest: Digest;
  size: number;
  /** When the blob was last put; a put of bytes that are already there renews it. */
  putAt: Date;
}

/** The cause of an ESTORAGE: the store answers, with other bytes than those of the digest. */
export class DamagedBlob extends Error {}

/** Whose blobs they are. */
export interface BlobsOwner {
  /** Id of the registry, which a copy of it has as well. */
  registry: string;
  /** Id of the database that decides which blobs are needed. */
  database: string;
}

/** What a node's cache did since it was opened; the numbers go on counting. */
export interface CacheStats {
  /** Reads answered from this node's disk. */
  hits: number;
  /** Reads that had to ask the store. */
  misses: number;
  /** Bytes that the cache holds, as far as this node knows. */
  bytes: number;
  /** Reads that were given up: the store did not answer, or its bytes were not those of the digest. */
  failures: number;
  /** Files that could not be written or read; their blobs were served without the cache. */
  diskFailures: number;
}

/**
 * Immutable bytes under their own digest. There is no update, so nodes never race:
 * two writers of one digest write the same bytes.
 */
export interface Blobs {
  /** Absent where blobs are on this machine anyway. */
  readonly cache?: Readonly<CacheStats>;
  /** Resolves when the bytes survive a power cut. `digest` must be theirs: the caller has just computed it. */
  put(digest: Digest, bytes: Uint8Array): Promise<void>;
  /** undefined when there is no such blob. The caller consumes or destroys the stream. */
  open(digest: Digest, range?: ByteRange): Promise<OpenBlob | undefined>;
  /**
   * Removes a blob unless it was put at or after `putBefore`; true when it is gone by this call. A put that runs at the same
   * time wins, where the store can tell; registry/sweep.ts makes up for those that cannot.
   */
  removeOlder(digest: Digest, putBefore: Date): Promise<boolean>;
  /** Every blob, in no order. Unfinished writes of a crashed process are not blobs. */
  list(): AsyncIterable<BlobInfo>;
  /** Address from which a client may read the blob itself for some minutes; undefined where it has to be sent by us. */
  redirect(digest: Digest): Promise<string | undefined>;
  /**
   * Makes the store that of this registry in this database. Throws when it belongs to another one, or to the same registry in another
   * database, of which it is a copy: the sweep of one would remove what the other one needs. A store of the database `from` is taken over,
   * or, with `keep`, left to it for the time being.
   */
  claim(owner: BlobsOwner, moving?: { from: string; keep: boolean }): Promise<void>;
  /** Throws, with a reason for operators, when blobs can be neither read nor written. */
  check(): Promise<void>;
  /** Removes unfinished writes older than `before`. */
  sweepUnfinished(before: Date): Promise<void>;
  close(): Promise<void>;
}
