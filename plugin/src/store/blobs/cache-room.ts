import { readdir, stat, unlink } from "node:fs/promises";
import path from "node:path";
import { isDigest } from "../digest.ts";

/** The folder is looked through each time this part of its bound was added to it. */
const LOOK_AFTER = 0.05;
/** Fuller than this, it loses what was not used for longest, … */
const FULL = 0.95;
/** … until it is no fuller than this. */
const ROOMY = 0.85;

/** An unfinished file that nobody has written to for so long belongs to a process that died. Milliseconds. */
const ABANDONED_MS = 60 * 60 * 1000;

interface CachedFile {
  place: string;
  size: number;
  usedAt: number;
}

/**
 * Keeps the cache's folder below its bound. Other processes may use the same folder: what is there is read from the disk each time,
 * and each of them may add the twentieth part of the bound before it looks again.
 */
export class CacheRoom {
  /** Bytes in the folder: those of the last look, and what this process has added since. */
  bytes = 0;
  readonly #finished: string;
  readonly #unfinished: string;
  readonly #bound: number;
  #added = 0;
  #look: Promise<void> | undefined;

  constructor(folders: { finished: string; unfinished: string }, bound: number) {
    this.#finished = folders.finished;
    this.#unfinished = folders.unfinished;
    this.#bound = bound;
  }

  add(size: number): void {
    this.bytes += size;
    this.#added += size;
    if (this.#added >= this.#bound * LOOK_AFTER) void this.tidy();
  }

  /** Looks through the folder and makes room; one look at a time. What cannot be read or removed is left. */
  async tidy(): Promise<void> {
    this.#look ??= this.#tidy().finally(() => (this.#look = undefined));
    await this.#look;
  }

  async #tidy(): Promise<void> {
    this.#added = 0;
    await this.#removeAbandoned();
    const files = await this.#files();
    const total = files.reduce((sum, file) => sum + file.size, 0);
    this.bytes = total > this.#bound * FULL ? await this.#removeOldest(files, total) : total;
  }

  async #removeOldest(files: CachedFile[], total: number): Promise<number> {
    let left = total;
    for (const { place, size } of files.toSorted((a, b) => a.usedAt - b.usedAt)) {
      if (left <= this.#bound * ROOMY) break;
      // Another process may have removed it; what stays for another reason is counted by the next look.
      await unlink(place).catch(() => undefined);
      left -= size;
    }
    return left;
  }

  async #files(): Promise<CachedFile[]> {
    const found: CachedFile[] = [];
    for (const folder of await names(this.#finished)) {
      for (const name of await names(path.join(this.#finished, folder))) {
        if (!isDigest(name)) continue;
        const place = path.join(this.#finished, folder, name);
        const facts = await stat(place).catch(() => undefined);
        if (facts !== undefined) found.push({ place, size: facts.size, usedAt: facts.mtimeMs });
      }
    }
    return found;
  }

  async #removeAbandoned(): Promise<void> {
    for (const name of await names(this.#unfinished)) {
      const place = path.join(this.#unfinished, name);
      const facts = await stat(place).catch(() => undefined);
      if (facts === undefined || Date.now() - facts.mtimeMs < ABANDONED_MS) continue;
      await unlink(place).catch(() => undefined);
    }
  }
}

async function names(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}
