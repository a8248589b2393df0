import type { FileChange, Hunk, NewAbilitiesAnswer } from "@skills-registry/schema";
import { counted } from "../terminal/format.ts";
import { span, type Line } from "../terminal/line.ts";
import type { ChangelogSection } from "./changelog.ts";
import type { Change, Detail } from "./describe-change.ts";

/** New abilities of one kind that are shown; the rest is counted, and in `--json`. */
const ABILITIES_SHOWN = 6;
/** Lines of a changelog that are shown. */
const CHANGELOG_SHOWN = 40;
/** Lines of all files together that are shown. */
const PATCH_SHOWN = 5_000;
/** Characters of a line that are shown; longer ones are data. */
const LINE_MAX = 1_000;

/** What became different, for people: what is newly possible, what the author says, and the files. */
export function changeLines({ abilities, changelog, files }: Change, detail: Detail): Line[] {
  if (files.length === 0) return [[span("no file differs", "faint")]];
  return [
    ...abilityLines(abilities),
    ...changelog.flatMap(sectionLines).slice(0, CHANGELOG_SHOWN),
    ...files.map(fileLine),
    ...(detail === "patch" ? patchLines(files) : []),
  ];
}

function abilityLines({ found, leftOut }: NewAbilitiesAnswer): Line[] {
  const byKind = Map.groupBy(found, ({ kind }) => kind);
  const shown = [...byKind.values()].flatMap((same) => same.slice(0, ABILITIES_SHOWN));
  const lines = shown.map(({ text, path, line }): Line => {
    // What is about a whole file names it.
    const place = line === undefined ? [] : [span(` (${path}:${line})`, "faint")];
    return [span(`newly possible: ${text}`, "warning"), ...place];
  });
  const hidden = found.length - shown.length + leftOut;
  if (hidden === 0) return lines;
  return [...lines, [span(`newly possible: ${counted(hidden, "thing")} more, see --json`, "warning")]];
}

function sectionLines({ version, text }: ChangelogSection): Line[] {
  const lines = text.split("\n").map((line) => `  ${line.slice(0, LINE_MAX)}`.trimEnd());
  return [[span(version, "name"), span(" in the changelog", "faint")], ...lines];
}

const SIGNS = { added: "A", removed: "D", changed: "M" } as const;

/** `M SKILL.md +3 -1`, as git has it. */
function fileLine({ path, status, added, removed, hunks }: FileChange): Line {
  const counts =
    hunks === null
      ? [span(" not compared line by line", "faint")]
      : [
          ...(added > 0 ? [span(` +${added}`, "added")] : []),
          ...(removed > 0 ? [span(` -${removed}`, "removed")] : []),
          ...(added + removed === 0 ? [span(" mode", "faint")] : []),
        ];
  return [span(`${SIGNS[status]} ${path}`), ...counts];
}

/** The changed lines, as `git diff` prints them; a patch that is too long is cut with a word. */
function patchLines(files: FileChange[]): Line[] {
  const lines = files.flatMap(({ path, status, hunks }): Line[] => [
    "",
    [span(`--- ${status === "added" ? "/dev/null" : path}`, "name")],
    [span(`+++ ${status === "removed" ? "/dev/null" : path}`, "name")],
    ...(hunks ?? []).flatMap(hunkLines),
    ...(hunks === null ? ["not compared line by line: binary, or too large or too different"] : []),
  ]);
  if (lines.length <= PATCH_SHOWN) return lines;
  return [...lines.slice(0, PATCH_SHOWN), `and ${counted(lines.length - PATCH_SHOWN, "line")} more`];
}

const STYLES = { "+": "added", "-": "removed", " ": "plain" } as const;

function hunkLines({ oldStart, newStart, lines }: Hunk): Line[] {
  const before = lines.filter(({ kind }) => kind !== "+").length;
  const after = lines.filter(({ kind }) => kind !== "-").length;
  const head: Line = [span(`@@ -${oldStart},${before} +${newStart},${after} @@`, "faint")];
  return [head, ...lines.map(({ kind, text }): Line => [span(`${kind}${shortened(text)}`, STYLES[kind])])];
}

function shortened(text: string): string {
  const line = text.replace(/\r$/, "").replaceAll("\t", "    ");
  return line.length > LINE_MAX ? `${line.slice(0, LINE_MAX).toWellFormed()}…` : line;
}
