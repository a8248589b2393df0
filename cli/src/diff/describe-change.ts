import type { DiffAnswer, Entry } from "@skills-registry/schema";
import type { Line } from "../terminal/line.ts";
import { changeLines } from "./change-lines.ts";
import { changelogBetween, type ChangelogSection } from "./changelog.ts";

/** One of two sets of files that are compared. */
export interface Side {
  /** `@acme/x@1.0.0`, or the path of a folder. */
  label: string;
  /** Undefined for a folder that is of no package. */
  published: { name: string; version: string } | undefined;
  /** Paths as in a package: SKILL.md at the top, or below `skills/<name>`. */
  entries: readonly Entry[];
}

/** What becomes different, as `--json` has it. */
export interface Change extends Pick<DiffAnswer, "from" | "to" | "files" | "abilities"> {
  /** What the author writes about the versions after the one and up to the other. */
  changelog: ChangelogSection[];
}

/** How much is said of changed files: their names, or their lines, too. */
export type Detail = "files" | "patch";

/** Compares two sides; what the second newly can do comes first in the lines. */
export async function describeChange(
  before: Side,
  after: Side,
  detail: Detail,
): Promise<{ json: Change; lines: Line[] }> {
  // Loaded here: an update that finds nothing to do needs none of it.
  const { compareAbilities, compareFiles } = await import("@skills-registry/schema");
  const [left, right] = comparable(before.entries, after.entries);
  const change: Change = {
    from: before.label,
    to: after.label,
    abilities: compareAbilities(left, right),
    changelog: await changelogOf(before, after),
    files: await compareFiles(left, right),
  };
  return {
    json: detail === "patch" ? change : { ...change, files: change.files.map(withoutLines) },
    lines: changeLines(change, detail),
  };
}

async function changelogOf(before: Side, after: Side): Promise<ChangelogSection[]> {
  const [from, to] = [before.published, after.published];
  // The versions of two packages have nothing to do with each other.
  if (from === undefined || to === undefined || from.name !== to.name) return [];
  return changelogBetween(after.entries, { from: from.version, to: to.version });
}

/** A folder may have no package.json, which is made for it when it is published; and the disk knows two modes. */
function comparable(before: readonly Entry[], after: readonly Entry[]): [Entry[], Entry[]] {
  const isOnBoth = [before, after].every((entries) => entries.some(({ path }) => path === PACKAGE_JSON));
  const kept = (entries: readonly Entry[]): Entry[] =>
    entries
      .filter(({ path, type }) => type === "file" && (isOnBoth || path !== PACKAGE_JSON))
      .map((entry) => ({ ...entry, mode: (entry.mode & 0o111) === 0 ? 0o644 : 0o755 }));
  return [kept(before), kept(after)];
}

const PACKAGE_JSON = "package.json";

function withoutLines(file: Change["files"][number]): Change["files"][number] {
  return { ...file, hunks: null };
}
