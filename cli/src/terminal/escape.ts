/**
 * C0 and C1 controls, DEL, and the Unicode characters that reorder or hide text. Names, descriptions and messages come
 * from strangers: written raw they could recolour the terminal, set its title, or make a line read as another one.
 */
const UNSAFE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** One line of text without any character that a terminal obeys; they show as `\u001b`. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE, unicodeEscape);
}

/** The same for text of several lines. */
export function escapeText(text: string): string {
  return text.split(/\r?\n/).map(escapeLine).join("\n");
}

/** A file as a terminal may show it: indented as it is, with its line breaks, and with no other character to obey. */
export function escapeFile(text: string): string {
  return text
    .split(/(\r?\n|\t)/)
    .map((part, index) => (index % 2 === 0 ? escapeLine(part) : part.replace("\r", "")))
    .join("");
}

/** A JSON document that is also safe to look at; it parses to the very same value. */
export function renderJson(value: unknown): string {
  return escapeText(JSON.stringify(value, undefined, 2));
}

function unicodeEscape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => String.raw`\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}
