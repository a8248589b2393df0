/**
 * Markdown as a person reads it, on one line, for snippets. Not a parser: what it takes for markup and is none costs a few
 * characters of a preview. Every expression below is linear, since the text is anybody's.
 */

/** Headings, items, rows and paragraphs of one SKILL.md or of several, without frontmatter, markup and line breaks. */
export function* plainBlocks(markdown: string, keepCode: "with code" | "without code"): Generator<string> {
  let paragraph: string[] = [];
  for (const { text, kind } of readableLines(markdown)) {
    if (kind === "code" && keepCode === "without code") continue;
    if (kind !== "text") {
      yield* block(paragraph);
      paragraph = [];
    }
    if (kind !== "break") paragraph.push(text);
    if (kind === "heading") {
      yield* block(paragraph);
      paragraph = [];
    }
  }
  yield* block(paragraph);
}

/** False when both ways to read the text give the same. */
export function hasCode(markdown: string): boolean {
  return ANY_CODE_FENCE.test(markdown);
}

function block(lines: string[]): string[] {
  const text = lines.length === 0 ? "" : inline(lines.join(" "));
  return text === "" ? [] : [text];
}

interface ReadableLine {
  text: string;
  /** `item` begins a block, `heading` is one, `break` ends one and has no text itself. */
  kind: "text" | "item" | "heading" | "code" | "break";
}

const FRONTMATTER_FENCE = /^---[ \t]*$/;
const FRONTMATTER_FIELD = /^[\w-]+[ \t]*:/;
const CODE_FENCE = /^ {0,12}(`{3,}|~{3,})/;
const ANY_CODE_FENCE = new RegExp(CODE_FENCE, "m");
const MARKER = /^[ \t>]*(?:#{1,6}(?=[ \t])|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))[ \t]*(?:\[[ xX]\][ \t])?/;
const QUOTE = /^[ \t]*>[ \t>]*/;
const HEADING = /^ {0,3}#{1,6}[ \t]/;
/** Rules, underlines of headings, separators of tables, definitions of links. */
const NO_TEXT = /^[-=*_|:+> \t]*$|^[ \t>]*\[[^\][]{1,200}\]:[ \t]/;

/** Lines with what they are; those without text, frontmatter and comments left out. */
function* readableLines(markdown: string): Generator<ReadableLine> {
  const lines = markdown.split(/\r\n|[\n\r\u2028\u2029]/);
  let fence = "";
  let inComment = false;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const [, opening = ""] = CODE_FENCE.exec(line) ?? [];
    if (fence !== "") {
      if (opening.startsWith(fence)) fence = "";
      else yield { text: line, kind: "code" };
    } else if (inComment || line.trimStart().startsWith("<!--")) {
      inComment = !line.includes("-->");
    } else if (opening !== "") {
      fence = opening;
      yield { text: "", kind: "break" };
    } else if (opensFrontmatter(lines, index)) {
      index = endOfFrontmatter(lines, index);
    } else if (NO_TEXT.test(line)) {
      yield { text: "", kind: "break" };
    } else {
      yield { text: line.replace(MARKER, "").replace(QUOTE, ""), kind: kindOf(line) };
    }
  }
}

function kindOf(line: string): ReadableLine["kind"] {
  if (HEADING.test(line)) return "heading";
  return MARKER.test(line) || line.trimStart().startsWith("|") ? "item" : "text";
}

/** At the beginning, or after an empty line, where the next SKILL.md of a pack begins. */
function opensFrontmatter(lines: string[], index: number): boolean {
  return (
    FRONTMATTER_FENCE.test(lines[index] ?? "") &&
    (lines[index - 1] ?? "") === "" &&
    FRONTMATTER_FIELD.test(lines[index + 1] ?? "")
  );
}

/** Lines of the longest frontmatter: looking for the end must not take quadratic time. */
const FRONTMATTER_LINES = 500;

/** The closing line, or the opening one when nothing closes it. */
function endOfFrontmatter(lines: string[], start: number): number {
  const inside = lines.slice(start + 1, start + FRONTMATTER_LINES);
  const length = inside.findIndex((line) => FRONTMATTER_FENCE.test(line));
  return length === -1 ? start : start + 1 + length;
}

const LINK = /!?\[([^\][]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)?\)|\[[^\][]*\])/g;
const AUTOLINK = /<(https?:[^<>\s]+)>/g;
const TAG =
  /<\/?(?:a|b|br|center|code|dd|details|div|dl|dt|em|h[1-6]|hr|i|img|kbd|li|ol|p|pre|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul)(?=[\s/>])[^<>]*>/gi;
const EMPHASIS =
  /(?<![\p{L}\p{N}\\])_{1,3}(?=\S)|(?<=[^\s\\])_{1,3}(?![\p{L}\p{N}_])|(?<!\\)(?:\*{2,3}|\*(?=\S)|(?<=\S)\*|~~|`+)/gu;
const CELL_BORDER = /^[ \t]*\||\|[ \t]*$/g;
const ESCAPED = /\\([!-/:-@[-`{-~])/g;
/** Control characters, and those that turn the direction of what follows on the page. */
const UNPRINTABLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

function inline(text: string): string {
  return text
    .replace(LINK, "$1")
    .replace(AUTOLINK, "$1")
    .replace(TAG, " ")
    .replace(EMPHASIS, "")
    .replace(CELL_BORDER, "")
    .replace(ESCAPED, "$1")
    .replace(UNPRINTABLE, " ")
    .replace(/\s+/gu, " ")
    .trim();
}
