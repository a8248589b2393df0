import { basename } from "node:path/posix";
import { DEFAULT_LIMITS, issue, SkillsError, type Entry, type Issue } from "@skills-registry/schema/basics";
import { inside, isSkillFile, type Candidate } from "./find.ts";
import type { SourceTree, TreeFile } from "./tree.ts";

/** Most bytes of all candidates together: they are held in memory. */
const READ_MAX = 512 * 1024 * 1024;

/** A candidate with its bytes, or with the reason why they were not even read. */
export interface Material {
  candidate: Candidate;
  /** Name of the folder; "" at the top of a repository, where it says nothing. */
  folderName: string;
  /** By path below the folder of the candidate. */
  entries: Entry[];
  issues: Issue[];
}

/** Reads the candidates at once, all but those that are too large for a skill by their sizes alone. */
export async function readCandidates(tree: SourceTree, candidates: Candidate[]): Promise<Material[]> {
  const issues = candidates.map(({ files, folder }) => sizeIssues(files, folder));
  const wanted = candidates.flatMap(({ files }, index) => (issues[index]?.length === 0 ? files : []));
  const total = wanted.reduce((sum, { size }) => sum + size, 0);
  if (total > READ_MAX) {
    throw new SkillsError("EIMPORT", `the skills have ${total} bytes, the limit is ${READ_MAX}`, {
      hint: "Import them in parts, with --path.",
    });
  }
  const data = (await tree.read(wanted)).values();
  return candidates.map((candidate, index): Material => {
    const found = issues[index] ?? [];
    const entries =
      found.length > 0
        ? []
        : candidate.files.map((file) => entryOf(file, candidate.folder, data.next().value));
    const folderName = basename(inside(tree.origin.path, candidate.folder));
    return { candidate, folderName, entries, issues: found };
  });
}

function entryOf({ path, type, mode }: TreeFile, folder: string, data: Uint8Array | undefined): Entry {
  return { path: ownPath(path, folder), type, mode, data: data ?? new Uint8Array() };
}

/** The path of a file below the folder. */
function ownPath(path: string, folder: string): string {
  return folder === "" ? path : path.slice(folder.length + 1);
}

/** The limits of every registry by default, by sizes and paths alone: what breaks them is not read into memory. */
function sizeIssues(files: readonly TreeFile[], folder: string): Issue[] {
  const limits = DEFAULT_LIMITS;
  const found = files.flatMap(({ path, size }): Issue[] => {
    const own = ownPath(path, folder);
    if (isSkillFile(own) && size > limits.skillFile)
      return [
        issue("skill.size", { path: own, message: `the file has more than ${limits.skillFile} bytes` }),
      ];
    if (size <= limits.file) return [];
    return [
      issue("archive.limit.file", { path: own, message: `the file has more than ${limits.file} bytes` }),
    ];
  });
  // Skills that are nested in each other without end would be read, and judged, once for each of them.
  const deep = files
    .filter(({ path }) => isSkillFile(path))
    .map(({ path }) => ownPath(path, folder))
    .find((own) => own.split("/").length > limits.depth);
  if (deep !== undefined) {
    const message = `the path has more than ${limits.depth} segments`;
    found.push(issue("archive.path.depth", { path: deep, message }));
  }
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (files.length > limits.entries) {
    const message = `there are ${files.length} files, the limit is ${limits.entries}`;
    found.push(issue("archive.limit.entries", { path: "", message }));
  }
  if (found.length === 0 && total > limits.unpacked) {
    const message = `the files have ${total} bytes, the limit is ${limits.unpacked}`;
    found.push(issue("archive.limit.unpacked", { path: "", message }));
  }
  return found;
}
