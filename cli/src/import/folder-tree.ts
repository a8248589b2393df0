import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { walk } from "../files.ts";
import { FILES_MAX, tooManyFiles, type Origin, type SourceTree, type TreeFile } from "./tree.ts";

/** Never part of what is imported: other people's packages, and what keeps versions. */
const SKIPPED = new Set(["node_modules", ".git", ".svn", ".hg"]);

/** The files of a folder as they are. `kept` are the only paths that count, where it is given; a folder among them is another repository. */
export async function openFolder(
  path: string,
  origin: Origin,
  kept?: ReadonlySet<string>,
): Promise<SourceTree> {
  let seen = 0;
  const wanted = kept && withParents(kept);
  const found = await walk(path, (below, name) => {
    if (SKIPPED.has(name) || wanted?.has(below) === false) return true;
    if (++seen > FILES_MAX) throw tooManyFiles();
    return false;
  });
  const files = found.map((one) => (kept?.has(one.path) && one.type === "directory" ? other(one) : one));
  return {
    origin,
    files: files.filter(({ type }) => type !== "directory"),
    read: async (files) => {
      const data: Uint8Array[] = [];
      for (const file of files)
        data.push(file.type === "file" ? await readFile(join(path, file.path)) : new Uint8Array());
      return data;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function other({ path, mode }: TreeFile): TreeFile {
  return { path, type: "other", mode, size: 0 };
}

function withParents(paths: ReadonlySet<string>): ReadonlySet<string> {
  const all = new Set(paths);
  for (const path of paths)
    for (let at = path.lastIndexOf("/"); at !== -1; at = path.lastIndexOf("/", at - 1)) {
      if (all.has(path.slice(0, at))) break;
      all.add(path.slice(0, at));
    }
  return all;
}
