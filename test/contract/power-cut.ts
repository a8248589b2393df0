import { Readable } from "node:stream";
import { basename, dirname } from "node:path";
import type { DiskFileSystem } from "../../plugin/src/store/blobs/file-system.ts";

interface File {
  bytes: Buffer;
  synced: Buffer;
  modifiedAt: Date;
}

interface Folder {
  names: Map<string, File | Folder>;
  synced: Map<string, File | Folder>;
}

export interface PowerCutDisk extends DiskFileSystem {
  /** Forgets what POSIX lets a disk forget: bytes of files and names in folders that were not synced. */
  cutPower(): void;
}

/** A disk in memory that keeps nothing it was not asked to keep. Only `/` is there from the start. */
export function powerCutDisk(): PowerCutDisk {
  const root = newFolder();

  function find(path: string): File | Folder | undefined {
    if (path === "/") return root;
    const parent = find(dirname(path));
    return parent !== undefined && "names" in parent ? parent.names.get(basename(path)) : undefined;
  }

  function folderAt(path: string): Folder {
    const found = find(path);
    if (found === undefined || !("names" in found)) throw missing(path);
    return found;
  }

  function fileAt(path: string): File | undefined {
    const found = find(path);
    return found !== undefined && "bytes" in found ? found : undefined;
  }

  return {
    cutPower: () => forget(root),

    async makeFolder(path) {
      if (find(path) === undefined) folderAt(dirname(path)).names.set(basename(path), newFolder());
    },

    async syncFolder(path) {
      const folder = folderAt(path);
      folder.synced = new Map(folder.names);
    },

    async create(path) {
      const file: File = { bytes: Buffer.alloc(0), synced: Buffer.alloc(0), modifiedAt: new Date() };
      folderAt(dirname(path)).names.set(basename(path), file);
      return {
        async write(bytes) {
          file.bytes = Buffer.from(bytes);
        },
        async sync() {
          file.synced = file.bytes;
        },
        async close() {},
      };
    },

    async rename(from, to) {
      const file = fileAt(from);
      if (file === undefined) throw missing(from);
      folderAt(dirname(to)).names.set(basename(to), file);
      folderAt(dirname(from)).names.delete(basename(from));
    },

    async touch(path, at) {
      const file = fileAt(path);
      if (file !== undefined) file.modifiedAt = at;
      return file !== undefined;
    },

    async facts(path) {
      const file = fileAt(path);
      return file && { size: file.bytes.length, modifiedAt: file.modifiedAt };
    },

    async read(path) {
      const file = fileAt(path);
      return file && { size: file.bytes.length, stream: Readable.from([file.bytes]) };
    },

    names: async (path) => [...folderAt(path).names.keys()],

    async remove(path) {
      folderAt(dirname(path)).names.delete(basename(path));
    },
  };
}

function newFolder(): Folder {
  return { names: new Map(), synced: new Map() };
}

function forget(folder: Folder): void {
  folder.names = new Map(folder.synced);
  for (const child of folder.names.values()) {
    if ("names" in child) forget(child);
    else child.bytes = child.synced;
  }
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
}
