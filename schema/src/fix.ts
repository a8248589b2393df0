import { isMap, parseDocument } from "yaml";
import type { Entry } from "./entry.ts";
import { type Edit, editName, findEdits, type Source } from "./fix-edits.ts";
import { decodeSkill, parseFrontmatter, splitFrontmatter } from "./frontmatter.ts";
import { findSkills } from "./layout.ts";
import { parsePackageJson } from "./package-json.ts";

/** A repaired SKILL.md. */
export interface SkillFix {
  path: string;
  text: string;
  /** What was changed, one line each, for people. */
  changes: string[];
}

/**
 * Repairs what has one right answer: the name, `allowed-tools` as a list, a top-level `version`, metadata that is not text.
 * Everything else in the file stays byte for byte. Files that need nothing, or that cannot be parsed, are left out.
 */
export function fixSkill(entries: Entry[], folder?: string): SkillFix[] {
  const packageJson = entries.find(({ path, type }) => path === "package.json" && type === "file");
  const rootName = packageJson === undefined ? folder : parsePackageJson(packageJson.data).name?.skill;
  return findSkills(entries).skills.flatMap(({ path, root, data }) => {
    const decoded = decodeSkill(data, path);
    if ("issue" in decoded) return [];
    const expected = root === "" ? rootName : root.split("/").at(-1);
    const fixed = fixText(decoded.text, path, expected);
    return fixed === undefined ? [] : [{ path, ...fixed }];
  });
}

/**
 * SKILL.md with another name in its frontmatter; everything else stays byte for byte. undefined where the frontmatter cannot be
 * read, or holds its name in a form that cannot be replaced, as an alias of YAML.
 */
export function renameSkill(text: string, name: string): string | undefined {
  const renamed = edit(text, "SKILL.md", (source) => editName(source, name))?.text ?? text;
  return parseFrontmatter(renamed, "SKILL.md").frontmatter?.data["name"] === name ? renamed : undefined;
}

function fixText(
  text: string,
  path: string,
  expected: string | undefined,
): { text: string; changes: string[] } | undefined {
  return edit(text, path, (source) => findEdits(source, expected));
}

/** Applies edits to the frontmatter; undefined where there is nothing to edit, or no frontmatter that can be read. */
function edit(
  text: string,
  path: string,
  find: (source: Source) => Edit[],
): { text: string; changes: string[] } | undefined {
  const split = splitFrontmatter(text, path);
  if ("issue" in split || parseFrontmatter(text, path).frontmatter === undefined) return undefined;
  const { contents } = parseDocument(split.yaml, { logLevel: "error" });
  if (!isMap(contents)) return undefined;
  const edits = find({ yaml: split.yaml, map: contents }).toSorted((a, b) => a.start - b.start);
  if (edits.length === 0) return undefined;
  const yaml = applyEdits(split.yaml, edits);
  const fixed = text.slice(0, split.start) + yaml + text.slice(split.start + split.yaml.length);
  // An edit that broke the YAML would be worse than none.
  if (parseFrontmatter(fixed, path).frontmatter === undefined) return undefined;
  return { text: fixed, changes: edits.map(({ change }) => change) };
}

function applyEdits(yaml: string, edits: Edit[]): string {
  let result = "";
  let position = 0;
  for (const { start, end, text } of edits) {
    result += yaml.slice(position, start) + text;
    position = end;
  }
  return result + yaml.slice(position);
}
