import type { Entry } from "@skills-registry/schema/basics";

/** What an author writes about one version. */
export interface ChangelogSection {
  version: string;
  /** Markdown below the heading, without blank lines around it. */
  text: string;
}

const CHANGELOG = /^(?:skills\/[^/]+\/)?(?:changelog|history)\.md$/i;
/** Characters of a changelog that are read; the newest versions come first in it. */
const READ_MAX = 256 * 1024;
/** Characters of all sections together. */
const TEXT_MAX = 8_000;
/** `## [1.2.0] - 2026-01-31`, `# v1.2.0`, `### @acme/x 1.2.0`: a heading and the first version in it. */
const HEADING = /^(#{1,4})\s{1,9}\D{0,120}?(\d{1,9}\.\d{1,9}\.\d{1,9}(?:[-+][\w.+-]{1,60})?)(?![\w.])/;
const ANY_HEADING = /^(#{1,4})\s/;
const FENCE = /^\s{0,3}(?:```|~~~)/;

/** The sections of CHANGELOG.md or HISTORY.md of versions after `from`, up to `to`, in the order of the file. */
export async function changelogBetween(
  entries: readonly Entry[],
  { from, to }: { from: string; to: string },
): Promise<ChangelogSection[]> {
  const file = entries.find(({ path, type }) => type === "file" && CHANGELOG.test(path));
  if (file === undefined) return [];
  const [{ default: gt }, { default: lte }, { default: valid }] = await Promise.all([
    import("semver/functions/gt.js"),
    import("semver/functions/lte.js"),
    import("semver/functions/valid.js"),
  ]);
  const text = new TextDecoder().decode(file.data.subarray(0, READ_MAX));
  const sections = sectionsOf(text).filter(
    ({ version }) => valid(version) !== null && gt(version, from) && lte(version, to),
  );
  return bounded(sections);
}

function sectionsOf(text: string): ChangelogSection[] {
  const sections: { version: string; level: number; lines: string[] }[] = [];
  let open = false;
  let isCode = false;
  for (const line of text.split(/\r?\n/)) {
    if (FENCE.test(line)) isCode = !isCode;
    const last = sections.at(-1);
    const [, marks = "", version] = (isCode ? null : HEADING.exec(line)) ?? [];
    const level = isCode ? 0 : (ANY_HEADING.exec(line)?.[1]?.length ?? 0);
    // A heading inside of a section may name another version: "Fixed since 1.0.0".
    if (version !== undefined && (!open || marks.length <= (last?.level ?? 0))) {
      sections.push({ version, level: marks.length, lines: [] });
      open = true;
    } else if (level > 0 && level <= (last?.level ?? 0)) open = false;
    else if (open) last?.lines.push(line);
  }
  return sections.map(({ version, lines }) => ({ version, text: lines.join("\n").trim() }));
}

/** As much of the sections as there is room for. */
function bounded(sections: ChangelogSection[]): ChangelogSection[] {
  let left = TEXT_MAX;
  return sections.flatMap(({ version, text }) => {
    if (left <= 0) return [];
    const shown = text.length > left ? `${text.slice(0, left).toWellFormed()}…` : text;
    left -= text.length;
    return [{ version, text: shown }];
  });
}
