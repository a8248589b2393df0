import { SkillsError, type Entry } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { git } from "./git.ts";
import { FILES_MAX, noFolder, tooManyFiles, type TreeFile } from "./tree.ts";

/** Most bytes of a listing: that of as many files as are read, with long paths. */
const LISTING_MAX = FILES_MAX * 512;

/** Bytes around an object: its name, type and size before it, a line break behind it. */
const HEADER_MAX = 128;

/** Mode, type, object, size and path of one line of `git ls-tree -l -z`. */
const LINE = /^(\d{6}) (blob|commit) ([0-9a-f]{40,64}) +(\d+|-|BAD)\t(.*)$/s;

const MODES: Record<string, Pick<TreeFile, "type" | "mode">> = {
  "100644": { type: "file", mode: 0o644 },
  "100755": { type: "file", mode: 0o755 },
  "120000": { type: "symlink", mode: 0o644 },
};
/** A submodule: another repository, which is not fetched. */
const OTHER: Pick<TreeFile, "type" | "mode"> = { type: "other", mode: 0o644 };

/** The files of a commit, straight from git's store: no work tree, so no link is followed and no filter runs. */
export interface CommitFiles {
  files: TreeFile[];
  read(files: readonly TreeFile[]): Promise<Uint8Array[]>;
}

export async function readCommit(
  context: Context,
  gitDir: string,
  at: { commit: string; folder: string },
): Promise<CommitFiles> {
  const treeish = await treeOf(context, gitDir, at);
  const listing = await git(context, {
    args: ["ls-tree", "-r", "-l", "-z", "--full-tree", treeish, "--"],
    gitDir,
    limit: LISTING_MAX,
  });
  const objects = new Map<string, string>();
  const files = listing
    .toString("utf8")
    .split("\0")
    .flatMap((line): TreeFile[] => {
      const [, mode = "", , object = "", size = "", path = ""] = LINE.exec(line) ?? [];
      if (path === "") return [];
      objects.set(path, object);
      const { type, mode: bits } = MODES[mode] ?? OTHER;
      return [{ path, type, mode: bits, size: type === "other" ? 0 : sizeOf(size) }];
    });
  if (files.length > FILES_MAX) throw tooManyFiles();
  return {
    files,
    read: (wanted) =>
      readObjects(
        context,
        gitDir,
        wanted.map(({ path, size, type }) => ({ object: objects.get(path) ?? "", size, type })),
      ),
  };
}

/** Asked for below its folder, so that the rest of a huge repository does not count. */
async function treeOf(
  context: Context,
  gitDir: string,
  { commit, folder }: { commit: string; folder: string },
): Promise<string> {
  if (folder === "") return commit;
  const treeish = `${commit}:${folder}`;
  const asked = git(context, { args: ["cat-file", "-t", treeish], gitDir, limit: HEADER_MAX });
  const type = await asked.catch(() => "");
  context.signal.throwIfAborted();
  if (type.toString().trim() !== "tree") throw noFolder(folder);
  return treeish;
}

/** `BAD` is what was left out of the fetch for its size. */
function sizeOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

interface Wanted {
  object: string;
  size: number;
  type: Entry["type"];
}

/** All objects in one process. Links and submodules have no bytes for us. */
async function readObjects(context: Context, gitDir: string, wanted: Wanted[]): Promise<Uint8Array[]> {
  const blobs = wanted.filter(({ type }) => type === "file");
  if (blobs.length === 0) return wanted.map(() => new Uint8Array());
  const answer = await git(context, {
    args: ["cat-file", "--batch"],
    gitDir,
    input: blobs.map(({ object }) => `${object}\n`).join(""),
    limit: blobs.reduce((sum, { size }) => sum + size + HEADER_MAX, 0),
  });
  const rest = { bytes: answer, offset: 0 };
  return wanted.map((one) => (one.type === "file" ? nextObject(rest, one) : new Uint8Array()));
}

function nextObject(rest: { bytes: Buffer; offset: number }, { object, size }: Wanted): Uint8Array {
  const end = rest.bytes.indexOf("\n", rest.offset);
  const header = rest.bytes.toString("latin1", rest.offset, end);
  if (end === -1 || header !== `${object} blob ${size}`) {
    throw new SkillsError("EIMPORT", `git has no object ${object}`, {
      hint: "The repository is damaged: git fsck says more.",
    });
  }
  rest.offset = end + 1 + size + 1;
  return rest.bytes.subarray(end + 1, end + 1 + size);
}
