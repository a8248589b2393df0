import { Header, Pax } from "tar";

/** The container of a backup or an export: a plain tar, as every system can open it. */

const BLOCK = 512;
/** Of the archive's files: they hold password hashes and private keys, or restricted skills. */
const MODE = 0o600;
/** Zero blocks that end a tar. */
const END = Buffer.alloc(2 * BLOCK);

export interface ArchiveWriter {
  /** Writes one file. `size` has to be the number of the bytes that come. */
  add(path: string, size: number, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  end(): Promise<void>;
}

/** A tar whose bytes go to `write`, in order. All of its files have the time `mtime`. */
export function archiveWriter(write: (bytes: Uint8Array) => Promise<void>, mtime: Date): ArchiveWriter {
  return {
    async add(path, size, bytes) {
      await write(headerOf(path, { size, mtime }));
      let written = 0;
      for await (const chunk of bytes) {
        written += chunk.length;
        await write(chunk);
      }
      if (written !== size) throw new Error(`${path} has ${written} bytes where ${size} were announced`);
      await write(Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK));
    },
    end: async () => await write(END),
  };
}

/** A name of more than 100 bytes, as that of every tarball is, stands in an extended header before its own. */
function headerOf(path: string, { size, mtime }: { size: number; mtime: Date }): Buffer {
  const header = new Header({ path, size, mtime, mode: MODE, uid: 0, gid: 0, type: "File" });
  const block = Buffer.alloc(BLOCK);
  if (!header.encode(block, 0)) return block;
  return Buffer.concat([new Pax({ path }).encode(), block]);
}
