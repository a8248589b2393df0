import { createHash, randomBytes } from "node:crypto";
import { lstat, mkdir, open, readdir, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pid, platform } from "node:process";
import type { Entry } from "@skills-registry/schema/basics";

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

/**
 * The path with every link in it followed; what does not exist yet is taken as it is written. Whoever asks for the same path
 * at the same time gets the same answer: for many skills at once, all ask for the same few folders.
 */
export async function settle(path: string): Promise<string> {
  const asked = settling.get(path);
  if (asked !== undefined) return asked;
  const answer = realpath(path)
    .catch(async () => join(await settle(dirname(path)), basename(path)))
    .finally(() => settling.delete(path));
  settling.set(path, answer);
  return answer;
}

const settling = new Map<string, Promise<string>>();

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

/**
 * The same for a file that a link may lead to, whose folder may be missing. Should the process be killed in it, the next
 * command clears the temporary file away.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const file = await settle(path);
  const folder = dirname(file);
  const temporary = join(folder, claimName());
  await mkdir(folder, { recursive: true });
  try {
    await writeDurably(temporary, { data: new TextEncoder().encode(text), mode: 0o644 });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** A name that is unique, and says whose it is: a file of this name is cleared away when its process is dead. */
export function claimName(): string {
  return `.skills-busy-${pid}-${randomBytes(6).toString("hex")}`;
}

/** Makes renames in a folder survive a power cut. Windows has no such call, and cannot open a folder. */
export async function syncFolder(folder: string): Promise<void> {
  if (platform === "win32") return;
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

export function isExecutable(mode: number): boolean {
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

/** Bytes of a file that says what a project has; the largest honest one is a hundredth of it. */
const TEXT_FILE_MAX = 16 * 1024 * 1024;

/**
 * The text of a small file; undefined where there is none. A repository of strangers may have a link to a device in its
 * place, which would fill the memory or never end: throws EFTYPE for what is no file, and EFBIG for one that is too large.
 */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    const stats = await stat(path);
    if (!stats.isFile() && !stats.isDirectory())
      throw Object.assign(new Error(`${path} is no file`), { code: "EFTYPE" });
    if (stats.size > TEXT_FILE_MAX)
      throw Object.assign(new Error(`${path} has ${stats.size} bytes`), { code: "EFBIG" });
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** undefined for text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
