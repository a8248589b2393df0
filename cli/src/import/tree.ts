import { SkillsError, type Entry } from "@skills-registry/schema/basics";

/** Most files that a place to import from may have; the largest collections of skills have some ten thousand. */
export const FILES_MAX = 100_000;

/** Where files come from, as it is stored with each skill. */
export interface Origin {
  /** Address without credentials; `file:` and the folder's name for what lies on this machine alone. */
  repository: string;
  /** Absent for what has none: archives, sites, folders with changes. */
  commit?: string;
  /** True for a git repository that others can reach. */
  isRepository: boolean;
  /** Folder of the repository that the tree begins at, `/`-separated; "" for the top. */
  path: string;
}

/** A file or link of a tree, its bytes not read yet. */
export interface TreeFile {
  /** `/`-separated, below the top of the tree. */
  path: string;
  /** `other` is a repository inside the repository. */
  type: Entry["type"];
  mode: number;
  /** Bytes; infinite for a file that is too large for any skill and was not even fetched. */
  size: number;
}

/** The files of a repository, folder, archive or site. Nothing of it is ever checked out or run. */
export interface SourceTree extends AsyncDisposable {
  origin: Origin;
  files: readonly TreeFile[];
  /** Bytes of these files of the tree, in their order. */
  read(files: readonly TreeFile[]): Promise<Uint8Array[]>;
}

/** A tree whose bytes are in memory already. */
export function memoryTree(origin: Origin, entries: readonly Entry[]): SourceTree {
  const data = new Map(entries.map((entry) => [entry.path, entry.data]));
  return {
    origin,
    files: entries
      .filter(({ type }) => type !== "directory")
      .map(({ path, type, mode, data: bytes }) => ({ path, type, mode, size: bytes.length })),
    read: async (files) => files.map(({ path }) => data.get(path) ?? new Uint8Array()),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** The part of the tree below a folder; throws EIMPORT where there is none. */
export function below(tree: SourceTree, folder: string): SourceTree {
  if (folder === "") return tree;
  const prefix = `${folder}/`;
  const inside = new Map(
    tree.files
      .filter(({ path }) => path.startsWith(prefix))
      .map((file) => [file.path.slice(prefix.length), file]),
  );
  if (inside.size === 0) throw noFolder(folder);
  const { origin } = tree;
  return {
    origin: { ...origin, path: origin.path === "" ? folder : `${origin.path}/${folder}` },
    files: [...inside].map(([path, file]) => ({ ...file, path })),
    read: (files) => tree.read(files.flatMap(({ path }) => inside.get(path) ?? [])),
    [Symbol.asyncDispose]: () => tree[Symbol.asyncDispose](),
  };
}

/**
 * Throws EIMPORT for a path that leads out of the tree. Files are packed from a copy on the disk, and git as well as archives
 * can hold such paths: one of them would be written anywhere that its author likes.
 */
export function refuseHostile({ files }: SourceTree): void {
  const hostile = files.find(({ path }) =>
    path
      .split(/[\\/]/)
      .some((segment) => segment === "" || segment === "." || segment === ".." || segment.includes("\0")),
  );
  if (hostile === undefined) return;
  throw new SkillsError("EIMPORT", `it has the path ${JSON.stringify(hostile.path)}, which leads out of it`, {
    hint: "Do not use it: no packer and no git writes such a path by itself.",
  });
}

export function tooManyFiles(): SkillsError {
  return new SkillsError("EIMPORT", `there are more than ${FILES_MAX} files`, {
    hint: "Name the folder that holds the skills, with --path.",
  });
}

export function noFolder(folder: string): SkillsError {
  return new SkillsError("EIMPORT", `there is no folder ${folder} in it`, {
    hint: "--path is counted from the top of what is imported.",
  });
}
