import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import path from "node:path";
import { LRUCache } from "lru-cache";
import { type ByteRange, DamagedBlob, type Digest, type OpenBlob } from "../blobs.ts";
import { CacheRoom } from "./cache-room.ts";
import { CutBlob, verified } from "./cache-verify.ts";
import { type DiskFileSystem, nodeFileSystem } from "./file-system.ts";

/** Files whose facts are remembered, some hundred bytes each; others are verified once more. */
const REMEMBERED = 100_000;
/** How often the use of a file is written down, milliseconds. */
const USE_MS = 10 * 60 * 1000;
/** A local disk is as patient as need be. */
const PATIENCE_MS = 60_000;

/** The skills in it are not for everybody. */
export const FOLDER_MODE = 0o700;

export interface CacheOptions {
  /** Folder of its own; created when missing. Any number of processes may share it. */
  dir: string;
  /** Bytes that it may hold. */
  bound: number;
  /** The real disk unless a test puts something in between. */
  fs?: DiskFileSystem | undefined;
}

/** The disk of the cache is full or broken. */
export class CacheDiskError extends Error {}

/**
 * Blobs on the node's own disk: `<dir>/sha512/ab/<hex>`, unfinished ones in `<dir>/tmp`. Nothing is synced: a file is verified when a
 * process reads it for the first time, and again after anything about it has changed.
 */
export class CacheFiles {
  readonly room: CacheRoom;
  readonly #fs: DiskFileSystem;
  readonly #dir: string;
  readonly #finished: string;
  readonly #unfinished: string;
  /** Facts of the files that this process has verified, and when it last said that they are in use. */
  readonly #verified = new LRUCache<Digest, { facts: string; usedAt: number }>({ max: REMEMBERED });
  readonly #folders = new Set<string>();

  constructor({ dir, bound, fs = nodeFileSystem }: CacheOptions) {
    this.#fs = fs;
    this.#dir = dir;
    this.#finished = path.join(dir, "sha512");
    this.#unfinished = path.join(dir, "tmp");
    this.room = new CacheRoom({ finished: this.#finished, unfinished: this.#unfinished }, bound);
  }

  /** The blob, if it was verified and has not changed since. */
  async open(digest: Digest, range: ByteRange | undefined): Promise<OpenBlob | undefined> {
    const known = this.#verified.get(digest);
    if (known === undefined) return undefined;
    const file = await openFile(this.#pathOf(digest));
    if (file === undefined) return undefined;
    try {
      const { facts, size } = await factsOf(file);
      if (facts !== known.facts) {
        await file.close();
        return undefined;
      }
      if (Date.now() - known.usedAt > USE_MS) await this.#markUsed(digest, file);
      return { size, stream: file.createReadStream(range) };
    } catch {
      await file.close();
      return undefined;
    }
  }

  /** True when there is a file and its bytes are right; one that is damaged is removed. */
  async verify(digest: Digest): Promise<boolean> {
    const file = await openFile(this.#pathOf(digest));
    if (file === undefined) return false;
    try {
      const { facts, size } = await factsOf(file);
      const stream = file.createReadStream({ start: 0, autoClose: false });
      for await (const _ of verified(digest, { size, stream }, PATIENCE_MS));
      this.#verified.set(digest, { facts, usedAt: 0 });
      return true;
    } catch (error) {
      if (error instanceof DamagedBlob || error instanceof CutBlob) await this.forget(digest);
      return false;
    } finally {
      await file.close();
    }
  }

  /** Writes the blob down while it is verified. Throws CacheDiskError, and what `verified` throws; nothing is kept then. */
  async keep(digest: Digest, blob: OpenBlob, patienceMs: number): Promise<void> {
    const unfinished = path.join(this.#unfinished, randomUUID());
    const place = this.#pathOf(digest);
    try {
      await this.#write(unfinished, verified(digest, blob, patienceMs));
      await onDisk(this.#ensureFolder(path.dirname(place)));
      await onDisk(this.#fs.rename(unfinished, place));
    } catch (error) {
      blob.stream.destroy();
      // Somebody may have emptied the cache by hand.
      this.#folders.clear();
      // What cannot be removed now is removed later, as what a process leaves that dies.
      await this.#fs.remove(unfinished).catch(() => undefined);
      throw error;
    }
    await this.#remember(digest, place);
    this.room.add(blob.size);
  }

  async forget(digest: Digest): Promise<void> {
    this.#verified.delete(digest);
    await this.#fs.remove(this.#pathOf(digest)).catch(() => undefined);
  }

  async #write(unfinished: string, pieces: AsyncIterable<Buffer>): Promise<void> {
    await onDisk(this.#ensureFolder(this.#unfinished));
    const file = await onDisk(this.#fs.create(unfinished));
    try {
      for await (const piece of pieces) await onDisk(file.write(piece));
    } finally {
      await onDisk(file.close());
    }
  }

  /** The bytes were verified on their way into the file; the first read after the next start looks at the file itself. */
  async #remember(digest: Digest, place: string): Promise<void> {
    const file = await openFile(place);
    if (file === undefined) return;
    try {
      const { facts } = await factsOf(file);
      this.#verified.set(digest, { facts, usedAt: Date.now() });
    } finally {
      await file.close();
    }
  }

  /** The modification time is that of the last use, for all processes; on a disk that takes no changes it stays. */
  async #markUsed(digest: Digest, file: FileHandle): Promise<void> {
    const now = new Date();
    await file.utimes(now, now).catch(() => undefined);
    const { facts } = await factsOf(file);
    this.#verified.set(digest, { facts, usedAt: now.getTime() });
  }

  async #ensureFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    if (folder === this.#dir) await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    else {
      await this.#ensureFolder(path.dirname(folder));
      await this.#fs.makeFolder(folder);
    }
    this.#folders.add(folder);
  }

  #pathOf(digest: Digest): string {
    return path.join(this.#finished, digest.slice(0, 2), digest);
  }
}

/** Undefined also for a file that cannot be read: it is fetched anew then. */
async function openFile(place: string): Promise<FileHandle | undefined> {
  return await open(place, "r").catch(() => undefined);
}

/** What no change of a file leaves as it was. */
async function factsOf(file: FileHandle): Promise<{ facts: string; size: number }> {
  const { ino, size, mtimeNs, ctimeNs } = await file.stat({ bigint: true });
  return { facts: `${ino} ${size} ${mtimeNs} ${ctimeNs}`, size: Number(size) };
}

async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new CacheDiskError("the cache's disk failed", { cause });
  }
}
