import type { Readable } from "node:stream";
import { mkdir, open, readdir, rename, stat, unlink, utimes } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ByteRange } from "../blobs.ts";

/** Only the registry itself reads its data: it holds skills that not everybody may see. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export interface FileFacts {
  /** Bytes. */
  size: number;
  modifiedAt: Date;
}

/** A new file being written. */
export interface DiskFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when the bytes survive a power cut; the file's name may still not. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The operations that durable storage is made of, one system call each, so that tests can stop between any two. */
export interface DiskFileSystem {
  /** Does nothing when the folder is there already. Fails with ENOENT when its parent is not. */
  makeFolder(path: string): Promise<void>;
  /** Makes the names in the folder survive a power cut. */
  syncFolder(path: string): Promise<void>;
  /** Fails with EEXIST rather than open a file that is there. */
  create(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** Sets the modification time; false when there is no such file. */
  touch(path: string, at: Date): Promise<boolean>;
  /** undefined when there is no such file. */
  facts(path: string): Promise<FileFacts | undefined>;
  /** undefined when there is no such file. The caller consumes or destroys the stream. */
  read(path: string, range?: ByteRange): Promise<{ size: number; stream: Readable } | undefined>;
  /** Names in a folder, in no order. */
  names(path: string): Promise<string[]>;
  /** Removing what is not there is not an error. */
  remove(path: string): Promise<void>;
}

/**
 * Creates a folder and the missing ones above it; resolves when all their names survive a power cut.
 * Those that are there are synced too: a process that died may have made them a moment ago.
 */
export async function makeDurableFolder(fs: DiskFileSystem, path: string): Promise<void> {
  const absolute = resolve(path);
  await makeMissingFolders(fs, absolute);
  for (let folder = dirname(absolute); ; folder = dirname(folder)) {
    await fs.syncFolder(folder).catch((error: unknown) => {
      // A folder that we may not read is not one that we made something in.
      if (codeOf(error) !== "EACCES") throw error;
    });
    if (folder === dirname(folder)) return;
  }
}

async function makeMissingFolders(fs: DiskFileSystem, path: string): Promise<void> {
  try {
    await fs.makeFolder(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await makeMissingFolders(fs, dirname(path));
    await fs.makeFolder(path);
  }
}

/** The real disk. */
export const nodeFileSystem: DiskFileSystem = {
  async makeFolder(path) {
    try {
      await mkdir(path, FOLDER_MODE);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
  },

  async syncFolder(path) {
    // Windows can neither open nor sync a folder; NTFS journals names itself.
    if (process.platform === "win32") return;
    await using folder = await open(path, "r");
    await folder.sync();
  },

  async create(path) {
    const file = await open(path, "wx", FILE_MODE);
    return {
      write: (bytes) => file.writeFile(bytes),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },

  rename: (from, to) => rename(from, to),

  touch: async (path, at) => (await unlessMissing(utimes(path, at, at).then(() => true))) ?? false,

  async facts(path) {
    const found = await unlessMissing(stat(path));
    return found && { size: found.size, modifiedAt: found.mtime };
  },

  async read(path, range) {
    const file = await unlessMissing(open(path, "r"));
    if (file === undefined) return undefined;
    try {
      const { size } = await file.stat();
      return { size, stream: file.createReadStream(range) };
    } catch (error) {
      await file.close();
      throw error;
    }
  },

  names: (path) => readdir(path),

  remove: async (path) => {
    await unlessMissing(unlink(path));
  },
};

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
