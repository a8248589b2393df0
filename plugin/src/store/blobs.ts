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

/**
 * Immutable bytes under their own digest. There is no update, so nodes never race:
 * two writers of one digest write the same bytes.
 */
export interface Blobs {
  /** Resolves when the bytes survive a power cut. `digest` must be theirs: the caller has just computed it. */
  put(digest: Digest, bytes: Uint8Array): Promise<void>;
  /** undefined when there is no such blob. The caller consumes or destroys the stream. */
  open(digest: Digest, range?: ByteRange): Promise<OpenBlob | undefined>;
  /**
   * Removes a blob unless it was put at or after `putBefore`; true when it is gone by this call. A put that runs at the same
   * time wins: it may belong to a publish that has just found the blob there.
   */
  removeOlder(digest: Digest, putBefore: Date): Promise<boolean>;
  /** Every blob, in no order. Unfinished writes of a crashed process are not blobs. */
  list(): AsyncIterable<BlobInfo>;
  /** Removes unfinished writes older than `before`. */
  sweepUnfinished(before: Date): Promise<void>;
  close(): Promise<void>;
}
