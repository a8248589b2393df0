import { createHash } from "node:crypto";
import { lstat, mkdir, open, readdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Entry } from "@skills-registry/schema";

/** False only when there is nothing at the path; a dangling link is something. */
export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
      throw error;
    },
  );
}

/** The path with every link in it followed; what does not exist yet is taken as it is written. */
export async function settle(path: string): Promise<string> {
  return realpath(path).catch(async () => join(await settle(dirname(path)), basename(path)));
}

/** SRI of a file's bytes, as skills.lock keeps it. sha256, not sha512: it is compared by us only, and half as long to review. */
export function digest(data: Uint8Array): string {
  return `sha256-${createHash("sha256").update(data).digest("base64")}`;
}

/**
 * Writes files into a folder of their own, which must not exist yet. Resolves when all are on the disk, so that a rename
 * afterwards never puts an empty file into place. Modes are 644 and 755 less the umask, whatever the archive says.
 */
export async function writeTree(folder: string, files: readonly Entry[]): Promise<void> {
  const folders = new Set(files.map((file) => dirname(join(folder, file.path))));
  await mkdir(folder, { recursive: true });
  for (const below of folders) await mkdir(below, { recursive: true });
  await mapFew(files, (file) => writeDurably(join(folder, file.path), file));
  await mapFew([...folders], syncFolder);
}

/** Replaces a file's content in one step, durably; a reader sees the old text or the new one. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const { default: writeFileAtomic } = await import("write-file-atomic");
  await writeFileAtomic(path, text);
}

/** Makes renames in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file that must not exist yet; resolves when it is on the disk. */
export async function writeDurably(path: string, file: Pick<Entry, "data" | "mode">): Promise<void> {
  const handle = await open(path, "wx", isExecutable(file.mode) ? 0o755 : 0o644);
  try {
    await handle.writeFile(file.data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isExecutable(mode: number): boolean {
  return (mode & 0o111) !== 0;
}

/** Files that are open at the same time; some systems allow a process no more than 256. */
const MOST_OPEN = 64;

/** Does something with every item, in their order and a few at a time. */
export async function mapFew<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += MOST_OPEN) {
    results.push(...(await Promise.all(items.slice(start, start + MOST_OPEN).map(work))));
  }
  return results;
}

/** One thing below a folder; files are read by whoever needs them. */
export interface Found {
  /** `/`-separated, below the folder that was walked. */
  path: string;
  type: Entry["type"];
  size: number;
  mode: number;
}

/** Everything below a folder in a stable order, without following links and without folders that `skip` names. */
export async function walk(folder: string, skip: (path: string, name: string) => boolean): Promise<Found[]> {
  const found: Found[] = [];
  const visit = async (below: string): Promise<void> => {
    const names = (await readdir(join(folder, below))).toSorted();
    for (const name of names) {
      const path = below === "" ? name : `${below}/${name}`;
      if (skip(path, name)) continue;
      const stats = await lstat(join(folder, path));
      const type = stats.isFile()
        ? "file"
        : stats.isDirectory()
          ? "directory"
          : stats.isSymbolicLink()
            ? "symlink"
            : "other";
      found.push({ path, type, size: stats.size, mode: isExecutable(stats.mode) ? 0o755 : 0o644 });
      if (type === "directory") await visit(path);
    }
  };
  await visit("");
  return found;
}

export async function readEntry(folder: string, found: Found): Promise<Entry> {
  const data = found.type === "file" ? await readFile(join(folder, found.path)) : new Uint8Array();
  return { path: found.path, type: found.type, mode: found.mode, data };
}

/** undefined for text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
