import { inspectPath, segmentsOf } from "./archive-path.ts";
import type { Entry } from "./entry.ts";
import { type Issue, issue, type IssueCode } from "./issue.ts";
import type { Limits } from "./limits.ts";
import { grouped, plural, quote } from "./text.ts";

/** Files that begin with a dot and do nothing: no tool runs code or reads secrets because of them. */
const HARMLESS_DOTFILES = new Set([
  ".editorconfig",
  ".gitattributes",
  ".gitignore",
  ".gitkeep",
  ".keep",
  ".npmignore",
]);
const ENV_TEMPLATES = new Set([".env.example", ".env.sample", ".env.template"]);

/** The folder whose files may be executable. */
const SCRIPTS = "scripts";

/**
 * The rules on names, types and sizes; the same for the entries of a tarball and for a folder on disk.
 * What only a tarball can get wrong is judged by `readTarball`.
 */
export function inspectArchive(entries: Entry[], limits: Limits): Issue[] {
  return [
    ...inspectSizes(entries, limits),
    ...entries.flatMap((entry) => inspectEntry(entry, limits)),
    ...inspectClashes(entries.filter((entry) => isBounded(entry.path, limits))),
  ];
}

function inspectSizes(entries: Entry[], limits: Limits): Issue[] {
  const issues: Issue[] = [];
  if (entries.length > limits.entries) {
    const message = `there are ${plural(entries.length, "entry", "entries")}, the limit is ${grouped(limits.entries)}`;
    issues.push(issue("archive.limit.entries", { path: "", message }));
  }
  const total = entries.reduce((sum, entry) => sum + entry.data.length, 0);
  if (total > limits.unpacked) {
    const message = `the files have ${plural(total, "byte")}, the limit is ${grouped(limits.unpacked)}`;
    issues.push(issue("archive.limit.unpacked", { path: "", message }));
  }
  return issues;
}

function inspectEntry(entry: Entry, limits: Limits): Issue[] {
  return [
    ...inspectPath(entry.path, limits),
    ...inspectType(entry),
    ...inspectName(entry),
    ...inspectFile(entry, limits),
  ];
}

function inspectType({ type, path }: Entry): Issue[] {
  if (type === "symlink") return [issue("archive.link", { path, message: "this is a link" })];
  if (type === "other")
    return [issue("archive.type", { path, message: "this is neither a file nor a folder" })];
  return [];
}

function inspectFile(entry: Entry, limits: Limits): Issue[] {
  if (entry.type !== "file") return [];
  const { path, data } = entry;
  const issues: Issue[] = [];
  if (data.length > limits.file) {
    const message = `the file has ${plural(data.length, "byte")}, the limit is ${grouped(limits.file)}`;
    issues.push(issue("archive.limit.file", { path, message }));
  }
  if ((entry.mode & 0o111) !== 0 && !segmentsOf(path).slice(0, -1).includes(SCRIPTS)) {
    issues.push(issue("archive.executable", { path, message: "the file is executable" }));
  }
  return issues;
}

/** Names are compared in lower case: on most laptops `.GIT` and `.git` are one folder. */
function inspectName({ path, type }: Entry): Issue[] {
  const segments = segmentsOf(path.toLowerCase());
  const codes = new Set<IssueCode>();
  for (const [index, name] of segments.entries()) {
    const isFile = type === "file" && index === segments.length - 1;
    const code = codeOfName(name, isFile);
    if (code !== undefined) codes.add(code);
  }
  return [...codes].map((code) => issue(code, { path, message: `${quote(path)} is not published` }));
}

function codeOfName(name: string, isFile: boolean): IssueCode | undefined {
  if (name === "node_modules") return "archive.node-modules";
  if (name === "binding.gyp") return "archive.gyp";
  if (name === ".npmrc") return "archive.npmrc";
  if (isFile && (ENV_TEMPLATES.has(name) || HARMLESS_DOTFILES.has(name))) return undefined;
  if (name === ".env" || name.startsWith(".env.")) return "archive.env";
  // "." and ".." are traversal, reported as such.
  return name.startsWith(".") && name !== "." && name !== ".." ? "archive.dotfile" : undefined;
}

/** Longer and deeper paths are refused already; comparing all folders above them would take quadratic time. */
function isBounded(path: string, limits: Limits): boolean {
  return path.length <= limits.path && segmentsOf(path).length <= limits.depth;
}

/** What is known of one place in the tree. */
interface Place {
  path: string;
  kind: "file" | "directory";
  /** True for an entry of its own, false for a folder that only its content implies. */
  listed: boolean;
}

/**
 * Two entries that would land in one place on some file system: the later would overwrite what was reviewed in the earlier.
 * The folders above an entry count as entries: `A/x` and `a/y` meet in one folder too.
 */
function inspectClashes(entries: Entry[]): Issue[] {
  const issues = new Map<string, Issue>();
  const places = new Map<string, Place>();
  for (const entry of entries) {
    for (const place of placesOf(entry)) {
      const key = foldPath(place.path);
      const before = places.get(key);
      const found = before === undefined ? undefined : clash(before, place);
      // Once per pair: every file below two clashing folders would report them again.
      if (found !== undefined) issues.set(`${found.path}\0${found.message}`, found);
      if (before === undefined || (place.listed && !before.listed)) places.set(key, place);
    }
  }
  return [...issues.values()];
}

/** The folders above an entry, and the entry. */
function placesOf(entry: Entry): Place[] {
  const segments = segmentsOf(entry.path);
  const folders = segments.slice(1).map((_, index): Place => {
    return { path: segments.slice(0, index + 1).join("/"), kind: "directory", listed: false };
  });
  return [
    ...folders,
    { path: entry.path, kind: entry.type === "directory" ? "directory" : "file", listed: true },
  ];
}

function clash(before: Place, place: Place): Issue | undefined {
  const { path } = place;
  if (before.kind !== place.kind) {
    return issue("archive.file-folder", { path, message: `${quote(path)} is both a file and a folder` });
  }
  if (before.path !== path) {
    const message = `${quote(path)} and ${quote(before.path)} are one path on some file systems`;
    return issue("archive.clash", { path, message });
  }
  if (before.listed && place.listed)
    return issue("archive.duplicate", { path, message: "the path occurs twice" });
  return undefined;
}

/** One key for all spellings that some file system takes for the same: case (also ß and SS, K and the Kelvin sign) and Unicode form. */
export function foldPath(path: string): string {
  return path.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
}
