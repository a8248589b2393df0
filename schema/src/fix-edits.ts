import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, type Pair, parseDocument, Scalar, type YAMLMap } from "yaml";
import { isSkillName, slugify } from "./name.ts";
import { printable } from "./text.ts";

/** A replacement of `[start, end)` of the YAML. */
export interface Edit {
  start: number;
  end: number;
  text: string;
  /** For people. */
  change: string;
}

/** The frontmatter as text and as a tree with positions in it. */
export interface Source {
  yaml: string;
  map: YAMLMap;
}

/** The repairs of one frontmatter; they do not overlap. `expected` is the name that package or folder asks for. */
export function findEdits(source: Source, expected: string | undefined): Edit[] {
  return [...fixName(source, expected), ...fixTools(source), ...fixMetadata(source), ...fixVersion(source)];
}

function fixName(source: Source, expected: string | undefined): Edit[] {
  const name = pairOf(source.map, "name")?.value;
  if (!isScalar(name) || typeof name.value !== "string") return [];
  const right = expected !== undefined && isSkillName(expected) ? expected : slugify(name.value);
  return right === "" ? [] : editName(source, right);
}

/** Puts another name into the place of the one that is there; nothing where it is the same, or no text. */
export function editName({ map, yaml }: Source, right: string): Edit[] {
  const name = pairOf(map, "name")?.value;
  if (!isScalar(name) || typeof name.value !== "string" || !name.range || right === name.value) return [];
  const [start] = name.range;
  const raw = yaml.slice(start, name.range[1]).trimEnd();
  const mark = name.type === Scalar.QUOTE_DOUBLE ? '"' : name.type === Scalar.QUOTE_SINGLE ? "'" : undefined;
  const text = mark === undefined ? plainOrQuoted(right) : mark + right + mark;
  return [
    { start, end: start + raw.length, text, change: `name: ${printable(name.value.trim())} → ${right}` },
  ];
}

function fixTools({ map, yaml }: Source): Edit[] {
  const pair = pairOf(map, "allowed-tools");
  const tools = listTexts(pair?.value, yaml);
  // A blank inside parentheses belongs to the tool, as in Bash(git add:*); elsewhere the text would fall apart there.
  if (pair === undefined || tools === undefined || tools.some((tool) => /\s(?![^(]*\))/.test(tool)))
    return [];
  return replaceList(pair, yaml, { text: tools.join(" "), change: "allowed-tools: list → text" });
}

/** Numbers, booleans and dates keep their spelling and get quotes; lists of words become one text; mappings stay. */
function fixMetadata({ map, yaml }: Source): Edit[] {
  const metadata = pairOf(map, "metadata")?.value;
  if (!isMap(metadata)) return [];
  return metadata.items.flatMap((pair): Edit[] => {
    const { key, value } = pair;
    if (!isScalar(key)) return [];
    const field = `metadata.${printable(String(key.value))}`;
    if (isScalar(value)) return typeof value.value === "string" ? [] : quoteScalar(value, yaml, field);
    const words = listTexts(value, yaml);
    return words === undefined
      ? []
      : replaceList(pair, yaml, { text: words.join(", "), change: `${field}: list → text` });
  });
}

/** A version at the top belongs into metadata, where the specification keeps it. A contradiction between the two is left to the author. */
function fixVersion(source: Source): Edit[] {
  const { map, yaml } = source;
  const version = pairOf(map, "version");
  if (version === undefined || map.flow === true || !isScalar(version.key) || !isScalar(version.value))
    return [];
  const text = scalarText(version.value, yaml);
  const metadata = pairOf(map, "metadata");
  if (text === "" || text.includes("\n")) return [];
  const change = "version → metadata.version";
  if (metadata === undefined) return nestVersion(version.key, version.value, { source, change });
  const line = lineAround(version.key, yaml);
  if (line === undefined || yaml.slice(line.start, line.end).includes("#")) return [];
  const removal: Edit = { ...line, text: "", change };
  if (isMap(metadata.value)) {
    const stated = pairOf(metadata.value, "version")?.value;
    if (isScalar(stated)) return scalarText(stated, yaml) === text ? [removal] : [];
    return stated === undefined ? [removal, ...insertFirst(metadata.value, source, text)] : [];
  }
  return [];
}

/** `version: 1.0` → `metadata:` with `version: "1.0"` below it, where it stands. */
function nestVersion(key: Scalar, value: Scalar, to: { source: Source; change: string }): Edit[] {
  const { yaml } = to.source;
  if (!key.range || !value.range) return [];
  const name: Edit = {
    start: key.range[0],
    end: key.range[1],
    text: `metadata:${newlineOf(yaml)}  version`,
    change: to.change,
  };
  if (typeof value.value === "string") return [name];
  return [name, ...quoteScalar(value, yaml, "metadata.version")];
}

function insertFirst(metadata: YAMLMap, { yaml }: Source, version: string): Edit[] {
  const { range } = metadata;
  if (!range) return [];
  const entry = `version: ${JSON.stringify(version)}`;
  const change = `metadata.version: ${version}`;
  if (metadata.flow === true) {
    const at = range[0] + 1;
    return [{ start: at, end: at, text: metadata.items.length > 0 ? `${entry}, ` : entry, change }];
  }
  const lineStart = yaml.lastIndexOf("\n", range[0]) + 1;
  const indent = yaml.slice(lineStart, range[0]);
  return [{ start: range[0], end: range[0], text: `${entry}${newlineOf(yaml)}${indent}`, change }];
}

function quoteScalar(scalar: Scalar, yaml: string, field: string): Edit[] {
  const { range } = scalar;
  if (!range) return [];
  const [start, end] = range;
  const raw = yaml.slice(start, end);
  const blank = raw === "" && yaml[start - 1] === ":" ? " " : "";
  return [{ start, end, text: `${blank}"${raw}"`, change: `${field}: ${printable(raw) || "empty"} → text` }];
}

/** Replaces a list, from the colon to its last item, by one text on the line of its key. */
function replaceList(pair: Pair, yaml: string, by: { text: string; change: string }): Edit[] {
  const { key, value } = pair;
  if (!isScalar(key) || !isSeq(value) || !key.range || !value.range) return [];
  const start = yaml.indexOf(":", key.range[1]) + 1;
  const raw = yaml.slice(start, value.range[1]).trimEnd();
  return [{ start, end: start + raw.length, text: ` ${plainOrQuoted(by.text)}`, change: by.change }];
}

/** The words of a list; undefined for everything else, and where a comment would be lost. */
function listTexts(list: unknown, yaml: string): string[] | undefined {
  if (!isSeq(list) || !list.range || yaml.slice(list.range[0], list.range[2]).includes("#")) return undefined;
  const { items } = list;
  return items.every((item) => isScalar(item)) ? items.map((item) => scalarText(item, yaml)) : undefined;
}

/** A string's value; of a number its spelling, so that 1.0 does not become 1. */
function scalarText(scalar: Scalar, yaml: string): string {
  if (typeof scalar.value === "string") return scalar.value;
  return scalar.range ? yaml.slice(scalar.range[0], scalar.range[1]) : "";
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

/** The whole line of a key that begins one; undefined when something stands before it. */
function lineAround(key: Scalar, yaml: string): { start: number; end: number } | undefined {
  const start = key.range?.[0] ?? 0;
  if (start > 0 && yaml[start - 1] !== "\n") return undefined;
  const end = yaml.indexOf("\n", start);
  return { start, end: end === -1 ? yaml.length : end + 1 };
}

function newlineOf(yaml: string): string {
  return yaml.includes("\r\n") ? "\r\n" : "\n";
}

/** Plain where YAML reads it back as this very text, in a block and between braces. */
function plainOrQuoted(text: string): string {
  const document = parseDocument(`[${text}]`, { logLevel: "silent" });
  const isSafe = document.errors.length === 0 && isDeepStrictEqual(document.toJS(), [text]);
  return isSafe ? text : JSON.stringify(text);
}
