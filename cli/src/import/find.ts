import { basename } from "node:path/posix";
import { z } from "zod";
import { parseJson } from "../files.ts";
import { isNeverPacked } from "../publish/folder.ts";
import type { SourceTree, TreeFile } from "./tree.ts";

/** A folder that would be published as one package. */
export interface Candidate {
  kind: "skill" | "pack";
  /** Folder of the tree; "" for its top. */
  folder: string;
  /** The same, from the top of the repository: what is stored and shown. */
  path: string;
  /** What of the folder belongs to it, by its path in the tree. */
  files: TreeFile[];
}

/** Bytes of a package.json that is looked at to tell a pack. */
const MANIFEST_MAX = 256 * 1024;

const packManifest = z.object({ name: z.string().min(1), private: z.literal(false).optional() });

/** Every skill and pack in a tree, by path. A skill in a pack is part of it, and not taken a second time. */
export async function findCandidates(tree: SourceTree): Promise<Candidate[]> {
  const files = tree.files.filter(({ path }) => !/(^|\/)(node_modules|\.git)\//.test(path));
  const skills = new Set(files.filter(({ path }) => isSkillFile(path)).map(({ path }) => folderOf(path)));
  const packs = await findPacks(tree, files, skills);
  const inPacks = new Set(packs.map((folder) => inside(folder, "skills")));
  const singles = [...skills].filter((folder) => !isInOneOf(folder, inPacks));
  const byFolder = groupByFolder(files);
  const candidate = (kind: Candidate["kind"], folder: string): Candidate => ({
    kind,
    folder,
    path: inside(tree.origin.path, folder),
    files: ownFiles(tree, { kind, folder }, byFolder),
  });
  return [
    ...packs.map((folder) => candidate("pack", folder)),
    ...singles.map((folder) => candidate("skill", folder)),
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** True in folders like `.claude/skills`, where agents keep copies of what they use. */
export function isHidden(path: string): boolean {
  return path.split("/").some((segment) => segment.startsWith("."));
}

/** `a/b`; either may be the top. */
export function inside(folder: string, path: string): string {
  return folder === "" || path === "" ? folder + path : `${folder}/${path}`;
}

/** In any case: a skill.md that was left out without a word would never be found. */
export function isSkillFile(path: string): boolean {
  return basename(path).toLowerCase() === "skill.md";
}

/** Folders with a package.json that wants to be published, no skill of their own, and skills in `skills/`. */
async function findPacks(
  tree: SourceTree,
  files: TreeFile[],
  skills: ReadonlySet<string>,
): Promise<string[]> {
  const withMembers = new Set(
    [...skills].flatMap((folder) =>
      basename(folderOf(folder)) === "skills" ? folderOf(folderOf(folder)) : [],
    ),
  );
  const manifests = files.filter(
    ({ path, type, size }) =>
      basename(path) === "package.json" &&
      type === "file" &&
      size <= MANIFEST_MAX &&
      withMembers.has(folderOf(path)) &&
      !skills.has(folderOf(path)),
  );
  const texts = await tree.read(manifests);
  return manifests.flatMap(({ path }, index) => {
    const json = parseJson(new TextDecoder().decode(texts[index]));
    return packManifest.safeParse(json).success ? [folderOf(path)] : [];
  });
}

interface Place {
  kind: Candidate["kind"];
  folder: string;
}

/**
 * The files of a candidate. A skill keeps what is nested in it, for it may point there; but what lies in `skills/` would make
 * a pack of it, and the top of a repository is no skill's alone: there other skills, and hidden files, which are the
 * repository's own, are left out.
 */
function ownFiles({ origin }: SourceTree, place: Place, byFolder: FilesByFolder): TreeFile[] {
  const { folder, kind } = place;
  const isTop = inside(origin.path, folder) === "";
  const below = filesBelow(byFolder, folder);
  const nested = below.filter(({ path }) => isSkillFile(path)).map(({ path }) => folderOf(path));
  const others = nested.filter((other) => {
    if (other === folder) return false;
    const isMember = isBelow(other, inside(folder, "skills"));
    return kind === "pack" ? !isMember : isTop || isMember;
  });
  const left = new Set(others);
  return below.filter(({ path }) => {
    const own = folder === "" ? path : path.slice(folder.length + 1);
    if (isNeverPacked(own, basename(own)) || isNeverPacked(own.split("/")[0] ?? "", own.split("/")[0] ?? ""))
      return false;
    if (isTop && own.startsWith(".") && !IGNORE_FILES.has(own)) return false;
    return !isInOneOf(path, left);
  });
}

/** They say what the author wants left out of a package. */
const IGNORE_FILES = new Set([".npmignore", ".gitignore"]);

/** Files by each folder above them: a scan of all files for each of a thousand skills would take seconds. */
type FilesByFolder = ReadonlyMap<string, TreeFile[]>;

function groupByFolder(files: readonly TreeFile[]): FilesByFolder {
  const groups = new Map<string, TreeFile[]>();
  for (const file of files) {
    for (let folder = folderOf(file.path); ; folder = folderOf(folder)) {
      const group = groups.get(folder);
      if (group === undefined) groups.set(folder, [file]);
      else group.push(file);
      if (folder === "") break;
    }
  }
  return groups;
}

function filesBelow(groups: FilesByFolder, folder: string): TreeFile[] {
  return groups.get(folder) ?? [];
}

function isBelow(path: string, folder: string): boolean {
  return folder === "" ? path !== "" : path.startsWith(`${folder}/`);
}

/** By the folders above the path: a look at each of thousands of others would take minutes. */
function isInOneOf(path: string, folders: ReadonlySet<string>): boolean {
  for (let at = folderOf(path); at !== ""; at = folderOf(at)) if (folders.has(at)) return true;
  return false;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
