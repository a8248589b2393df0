import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import type { BlobInfo, Blobs, ByteRange, Digest, OpenBlob } from "../blobs.ts";
import { isDigest } from "../digest.ts";
import { type DiskFileSystem, makeDurableFolder, nodeFileSystem } from "./file-system.ts";

export interface DiskBlobsOptions {
  /** Folder of its own; created when missing. */
  dir: string;
  /** The real disk unless a test puts something in between. */
  fs?: DiskFileSystem;
}

/**
 * Blobs as files: `<dir>/sha512/ab/<hex>`, unfinished ones in `<dir>/tmp`.
 * Any number of processes may share the folder.
 */
export async function diskBlobs({ dir, fs = nodeFileSystem }: DiskBlobsOptions): Promise<Blobs> {
  const blobs = new DiskBlobs(dir, fs);
  await blobs.prepare();
  return blobs;
}

class DiskBlobs implements Blobs {
  readonly #fs: DiskFileSystem;
  readonly #finished: string;
  readonly #unfinished: string;
  /**
   * Folders whose own name this process knows to be durable. That a folder is there is not enough: the process
   * that made it may have died before its sync. At most 258 entries.
   */
  readonly #durableFolders = new Set<string>();

  constructor(dir: string, fs: DiskFileSystem) {
    this.#fs = fs;
    this.#finished = join(dir, "sha512");
    this.#unfinished = join(dir, "tmp");
  }

  async prepare(): Promise<void> {
    await makeDurableFolder(this.#fs, dirname(this.#finished));
    await this.#ensureFolder(this.#finished);
    await this.#ensureFolder(this.#unfinished);
    await this.#bringBack();
  }

  async put(digest: Digest, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(digest);
    const folder = dirname(path);
    await this.#ensureFolder(folder);
    if (!(await this.#renew(path, bytes.length))) await this.#write(path, bytes);
    // Also for a blob that was there: whoever renamed it may have died before this point.
    await this.#fs.syncFolder(folder);
  }

  open(digest: Digest, range?: ByteRange): Promise<OpenBlob | undefined> {
    return this.#fs.read(this.#pathOf(digest), range);
  }

  /** Moved aside before the look at its age: a put sees either the blob or its absence, never one about to go. */
  async removeOlder(digest: Digest, putBefore: Date): Promise<boolean> {
    const path = this.#pathOf(digest);
    if ((await this.#fs.facts(path)) === undefined) return false;
    const aside = join(this.#unfinished, digest);
    await this.#fs.rename(path, aside);
    const facts = await this.#fs.facts(aside);
    if (facts !== undefined && facts.modifiedAt < putBefore) {
      await this.#fs.remove(aside);
      return true;
    }
    await this.#fs.rename(aside, path);
    return false;
  }

  async *list(): AsyncIterable<BlobInfo> {
    for (const name of await this.#fs.names(this.#finished))
      yield* this.#listFolder(join(this.#finished, name));
  }

  async sweepUnfinished(before: Date): Promise<void> {
    for (const name of await this.#fs.names(this.#unfinished)) {
      if (isDigest(name)) continue;
      const path = join(this.#unfinished, name);
      const facts = await this.#fs.facts(path);
      if (facts !== undefined && facts.modifiedAt < before) await this.#fs.remove(path);
    }
  }

  async redirect(): Promise<undefined> {}

  /** The folder is found by the same setting as the database beside it. */
  async claim(): Promise<void> {}

  async check(): Promise<void> {
    await this.#fs.names(this.#unfinished);
  }

  async close(): Promise<void> {}

  /** Blobs that a process had moved aside when it died: one of them may have been put again, and be referred to. */
  async #bringBack(): Promise<void> {
    for (const name of await this.#fs.names(this.#unfinished)) {
      if (!isDigest(name)) continue;
      const path = this.#pathOf(name);
      await this.#ensureFolder(dirname(path));
      await this.#fs.rename(join(this.#unfinished, name), path);
      await this.#fs.syncFolder(dirname(path));
    }
  }

  async *#listFolder(folder: string): AsyncIterable<BlobInfo> {
    for (const name of await this.#fs.names(folder)) {
      if (!isDigest(name)) continue;
      const facts = await this.#fs.facts(join(folder, name));
      // Without facts it was removed since the folder was read.
      if (facts) yield { digest: name, size: facts.size, putAt: facts.modifiedAt };
    }
  }

  /** True when the blob was there, whole, and now counts as just put. One of another size is damaged and is written anew. */
  async #renew(path: string, size: number): Promise<boolean> {
    const facts = await this.#fs.facts(path);
    return facts?.size === size && this.#fs.touch(path, new Date());
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const unfinished = join(this.#unfinished, randomUUID());
    try {
      await this.#writeUnfinished(unfinished, bytes);
      await this.#fs.rename(unfinished, path);
    } catch (error) {
      // A disk that is full should not stay so; what cannot be removed now is swept later, and `error` is what counts.
      await this.#fs.remove(unfinished).catch(() => {});
      throw error;
    }
  }

  async #writeUnfinished(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.#fs.create(path);
    try {
      await file.write(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #ensureFolder(path: string): Promise<void> {
    if (this.#durableFolders.has(path)) return;
    await this.#fs.makeFolder(path);
    await this.#fs.syncFolder(dirname(path));
    this.#durableFolders.add(path);
  }

  #pathOf(digest: Digest): string {
    return join(this.#finished, digest.slice(0, 2), digest);
  }
}
