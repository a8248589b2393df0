import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { platform } from "node:process";
import { digest, exists, isExecutable, mapFew, settle, walk, type Found } from "../files.ts";
import type { PlacedContent } from "../install/contents.ts";
import { isGenerated, targetsOf, type Target } from "../install/installed.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import { displayPath, type Place } from "../project/project.ts";

/** One way in which the disk differs from the lock. */
export interface FileFinding {
  /** Relative to the project, or from `~`. */
  path: string;
  problem: "modified" | "other mode" | "missing" | "extra" | "unreadable" | "no link" | "wrong link";
}

/** Files that one skill may have before only the first of them are named. */
const FINDINGS_MAX = 200;

/**
 * Every file of a package that is not as it was installed, in every folder that it was put into. The lock does not know
 * which files can be run: what was published does, where it is at hand.
 */
export async function verifyFiles(
  place: Place,
  entry: LockedPackage,
  published: PlacedContent[] | undefined,
): Promise<FileFinding[]> {
  const findings: FileFinding[] = [];
  for (const [skill, { files: digests }] of Object.entries(entry.skills)) {
    const files = { digests, modes: modesOf(published?.find(({ name }) => name === skill)) };
    for (const target of await targetsOf(place, skill, entry)) {
      const found = await verifyTarget(target, join(place.canonical, skill), files);
      const shown = found.slice(0, FINDINGS_MAX);
      findings.push(...shown.map(({ path, problem }) => ({ path: displayPath(place, path), problem })));
    }
  }
  return findings;
}

/** The files of one skill as they should be. */
interface Expected {
  digests: Record<string, string>;
  /** Undefined where they are not known. */
  modes: ReadonlyMap<string, number> | undefined;
}

function modesOf(content: PlacedContent | undefined): Expected["modes"] {
  return content && new Map(content.files.map(({ path, mode }) => [path, mode]));
}

async function verifyTarget(
  { path, kind }: Target,
  canonical: string,
  files: Expected,
): Promise<FileFinding[]> {
  if (!(await exists(path))) return [{ path, problem: "missing" }];
  const isLink = (await lstat(path)).isSymbolicLink();
  // A link in the place of a folder could lead to all of the disk, and is not followed.
  if (kind !== "link") return isLink ? [{ path, problem: "wrong link" }] : verifyFolder(path, files);
  if (!isLink) return [{ path, problem: "no link" }];
  // That the files are missing is said of the canonical copy.
  if (!(await exists(canonical))) return [];
  return (await settle(path)) === (await settle(canonical)) ? [] : [{ path, problem: "wrong link" }];
}

async function verifyFolder(folder: string, { digests, modes }: Expected): Promise<FileFinding[]> {
  const walked = await walk(folder, isGenerated).catch(() => undefined);
  if (walked === undefined) return [{ path: folder, problem: "unreadable" }];
  const present = walked.filter(({ type }) => type !== "directory");
  const known = new Set(present.map(({ path }) => path));
  const gone = Object.keys(digests).filter((path) => !known.has(path));
  const hasItsMode = modeChecker(present, modes);
  const changed = await mapFew(present, async (file): Promise<FileFinding[]> => {
    const { path, type } = file;
    const at = join(folder, path);
    if (!Object.hasOwn(digests, path)) return [{ path: at, problem: "extra" }];
    if (type !== "file") return [{ path: at, problem: "modified" }];
    const data = await readFile(at).catch(() => undefined);
    if (data === undefined) return [{ path: at, problem: "unreadable" }];
    if (digest(data) !== digests[path]) return [{ path: at, problem: "modified" }];
    return hasItsMode(file) ? [] : [{ path: at, problem: "other mode" }];
  });
  const missing = gone.map((path): FileFinding => ({ path: join(folder, path), problem: "missing" }));
  return [...missing, ...changed.flat()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Where every file can be run, the file system knows no modes; neither does Windows. */
function modeChecker(present: Found[], modes: Expected["modes"]): (file: Found) => boolean {
  const isKnown = platform !== "win32" && present.some(({ mode }) => !isExecutable(mode));
  if (modes === undefined || !isKnown) return () => true;
  return ({ path, mode }) => isExecutable(mode) === isExecutable(modes.get(path) ?? 0);
}
