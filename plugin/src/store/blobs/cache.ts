import { Readable } from "node:stream";
import { type ByteRange, type CacheStats, DamagedBlob, type Digest, type OpenBlob } from "../blobs.ts";
import { CacheDiskError, CacheFiles, type CacheOptions } from "./cache-files.ts";
import { boundedPlaces, type Places } from "./cache-places.ts";
import { collect, CutBlob, SlowBlob, verified } from "./cache-verify.ts";
import { unavailable } from "./s3-failure.ts";

/** Blobs that are fetched at a time, and readers that may wait for one. */
const FETCHES = 16;
const WAITING_FETCHES = 256;
const WAITING_READERS = 1024;

/** A cache that would hold fewer blobs of a size than this holds none of them. */
const LEAST_BLOBS = 4;
/** Without a disk, blobs up to the default limit of a tarball are verified in memory, … */
const MEMORY_BLOB = 10 * 1024 * 1024;
/** … as long as clients are being sent no more than this of them. Bytes. */
const MEMORY = 128 * 1024 * 1024;
/** How long a disk is left alone that failed, milliseconds. */
const DISK_REST_MS = 30_000;

/** Where the cache gets what it has not. */
export interface Source {
  /** undefined when there is no such blob; rejects with ESTORAGE. Nothing of its bytes is believed. */
  get(digest: Digest): Promise<OpenBlob | undefined>;
}

/** What became of a fetch: it is on the disk, in memory, too large for both, or not there. */
type Fetched = "kept" | Buffer | "large" | "absent";

/**
 * Verified reads of a store that is somewhere else. Bytes are on their way to a reader only when all of them have been verified; those of
 * blobs that fit neither on the disk nor into memory are sent as they come, but for the last piece.
 */
export class BlobCache {
  readonly stats: CacheStats;
  readonly #files: CacheFiles;
  readonly #source: Source;
  readonly #largest: number;
  readonly #patienceMs: number;
  readonly #place: Places;
  readonly #fetching = new Map<Digest, Promise<Fetched>>();
  #readers = 0;
  #inMemory = 0;
  #diskRestsUntil = 0;

  constructor(source: Source, options: CacheOptions & { patienceMs: number }) {
    this.#source = source;
    const files = new CacheFiles(options);
    this.#files = files;
    this.#largest = options.bound / LEAST_BLOBS;
    this.#patienceMs = options.patienceMs;
    this.#place = boundedPlaces({
      places: FETCHES,
      waiting: WAITING_FETCHES,
      patienceMs: options.patienceMs,
    });
    this.stats = {
      hits: 0,
      misses: 0,
      failures: 0,
      diskFailures: 0,
      get bytes() {
        return files.room.bytes;
      },
    };
    // What crashed processes left is removed beside the first reads.
    void files.room.tidy();
  }

  /** As `Blobs.open`. Throws ESTORAGE when the store does not answer, sends other bytes twice, or is asked for too much. */
  async open(digest: Digest, range?: ByteRange): Promise<OpenBlob | undefined> {
    const ready = await this.#files.open(digest, range);
    if (ready !== undefined) {
      this.stats.hits += 1;
      return ready;
    }
    if (this.#readers >= WAITING_READERS) throw unavailable("too many readers wait for the blob store");
    this.#readers += 1;
    try {
      return await this.#bring(digest, range);
    } catch (error) {
      this.stats.failures += 1;
      throw asUnavailable(error);
    } finally {
      this.#readers -= 1;
    }
  }

  /** The blob is no more. */
  async forget(digest: Digest): Promise<void> {
    await this.#files.forget(digest);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#fetching.values());
    await this.#files.room.tidy();
  }

  async #bring(digest: Digest, range: ByteRange | undefined): Promise<OpenBlob | undefined> {
    const fetched = await this.#fetchOnce(digest);
    if (fetched === "absent") return undefined;
    if (fetched instanceof Buffer) return this.#fromMemory(fetched, range);
    // A file may be gone again: other processes make room too.
    const kept = fetched === "kept" ? await this.#files.open(digest, range) : undefined;
    return kept ?? (await this.#heldBack(digest, range));
  }

  /** Readers of one blob share one fetch. */
  async #fetchOnce(digest: Digest): Promise<Fetched> {
    const known = this.#fetching.get(digest);
    if (known !== undefined) return await known;
    const fetch = this.#fetch(digest).finally(() => this.#fetching.delete(digest));
    this.#fetching.set(digest, fetch);
    return await fetch;
  }

  async #fetch(digest: Digest): Promise<Fetched> {
    if (await this.#files.verify(digest)) {
      this.stats.hits += 1;
      return "kept";
    }
    this.stats.misses += 1;
    return await this.#place(async () => {
      try {
        return await this.#fetchVerified(digest);
      } catch (error) {
        // Bytes may be damaged on the way; a second time is no accident.
        if (!(error instanceof DamagedBlob || error instanceof CutBlob)) throw error;
        return await this.#fetchVerified(digest);
      }
    });
  }

  async #fetchVerified(digest: Digest): Promise<Fetched> {
    const blob = await this.#source.get(digest);
    if (blob === undefined) return "absent";
    if (blob.size <= this.#largest && performance.now() >= this.#diskRestsUntil) {
      try {
        await this.#files.keep(digest, blob, this.#patienceMs);
        return "kept";
      } catch (error) {
        if (!(error instanceof CacheDiskError)) throw error;
        this.stats.diskFailures += 1;
        this.#diskRestsUntil = performance.now() + DISK_REST_MS;
        return await this.#fetchVerified(digest);
      }
    }
    if (blob.size <= MEMORY_BLOB && this.#inMemory + blob.size <= MEMORY) {
      return await collect(verified(digest, blob, this.#patienceMs));
    }
    blob.stream.destroy();
    return "large";
  }

  #fromMemory(bytes: Buffer, range: ByteRange | undefined): OpenBlob {
    const part = range === undefined ? bytes : bytes.subarray(range.start, range.end + 1);
    const stream = Readable.from(part.length === 0 ? [] : [part], { objectMode: false });
    this.#inMemory += bytes.length;
    stream.once("close", () => (this.#inMemory -= bytes.length));
    return { size: bytes.length, stream };
  }

  async #heldBack(digest: Digest, range: ByteRange | undefined): Promise<OpenBlob | undefined> {
    const blob = await this.#source.get(digest);
    if (blob === undefined) return undefined;
    // A reader may be slow for good reason: only the source's own silence counts.
    const pieces = verified(digest, blob, Infinity);
    const stream = Readable.from(
      allButLast(pieces, range, () => (this.stats.failures += 1)),
      {
        objectMode: false,
      },
    );
    // A reader that leaves before its first piece never starts the loop that would end the source.
    stream.once("close", () => blob.stream.destroy());
    return { size: blob.size, stream };
  }
}

/** The last piece of the range comes when all of the blob has proved to be right. */
async function* allButLast(
  pieces: AsyncIterable<Buffer>,
  { start, end }: ByteRange = { start: 0, end: Infinity },
  failed: () => void,
): AsyncGenerator<Buffer, void> {
  let at = 0;
  let last: Buffer | undefined;
  try {
    for await (const piece of pieces) {
      const part = piece.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
      at += piece.length;
      if (part.length === 0) continue;
      if (last !== undefined) yield last;
      last = part;
    }
  } catch (error) {
    failed();
    throw error;
  }
  if (last !== undefined) yield last;
}

function asUnavailable(error: unknown): unknown {
  if (error instanceof DamagedBlob) return unavailable(new DamagedBlob(`S3: ${error.message}`));
  const isReason = error instanceof CutBlob || error instanceof SlowBlob;
  return isReason ? unavailable(`S3: ${error.message}`) : error;
}
