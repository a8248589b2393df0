import { lstat, readFile, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";

/** What leads or lies at each path below a folder: the whole state in one value, to be compared with another. */
export type Tree = Record<string, string>;

/** Every file with its bytes and mode, every link with its target, every folder. Links are not followed. */
export async function snapshotTree(folder: string, below = ""): Promise<Tree> {
  const tree: Tree = {};
  for (const name of (await readdir(join(folder, below))).toSorted()) {
    const path = below === "" ? name : `${below}/${name}`;
    tree[path] = await describe(join(folder, path));
    if (tree[path] === FOLDER) Object.assign(tree, await snapshotTree(folder, path));
  }
  return tree;
}

/** The names of the skills in a skills folder, without what this machine remembers of it; none where it is not there. */
export async function skillsIn(folder: string): Promise<string[]> {
  const names: string[] = await readdir(folder).catch(() => []);
  return names.filter((name) => !name.startsWith(".")).toSorted();
}

const FOLDER = "folder";

async function describe(path: string): Promise<string> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return `→ ${await readlink(path)}`;
  if (stats.isDirectory()) return FOLDER;
  // Bytes, not text: two files that are not UTF-8 would look the same.
  return `${(stats.mode & 0o777).toString(8)} ${(await readFile(path)).toString("latin1")}`;
}
