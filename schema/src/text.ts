import { isUtf8 } from "node:buffer";

/** Longest quotation in a message, in characters; enough to find the place, too short to flood a terminal. */
const QUOTE_MAX = 80;

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** Bidirectional embeddings, overrides and isolates. The marks LRM, RLM and ALM are not among them: right-to-left text needs those. */
export const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/u;

/** Tag characters and runs of variation selectors: they show nothing, encode bytes, and models read them all the same. */
const HIDDEN_TEXT = /[\u{e0000}-\u{e007f}]|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{2}/u;

/** England, Scotland and Wales: the three flags of Unicode that are made of tag characters. */
const SUBDIVISION_FLAGS =
  /\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}/gu;

/** Control characters other than tab and line break: they drive terminals. */
// oxlint-disable-next-line no-control-regex -- control characters are what this finds
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/u;

/** True for text with characters that smuggle instructions past a reader. */
export function hasHiddenText(text: string): boolean {
  return HIDDEN_TEXT.test(text) && HIDDEN_TEXT.test(text.replace(SUBDIVISION_FLAGS, ""));
}

/** True for a value that must not reach a terminal or an agent: control characters, bidirectional controls, hidden text. */
export function hasUnsafeCharacters(text: string): boolean {
  return CONTROLS.test(text) || BIDI_CONTROLS.test(text) || hasHiddenText(text);
}

/** A value for a message: in quotes, shortened, and without anything that a terminal or a reader's eye would obey. */
export function quote(text: string): string {
  const short = text.length > QUOTE_MAX ? `${text.slice(0, QUOTE_MAX)}…` : text;
  return `"${printable(short)}"`;
}

/** The text with every invisible or obeyed character written as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** Length as people and the specification count it: code points, not UTF-16 units. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** `1 file`, `2 files`; the plural is given where it is not the noun with an s. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return count === 1 ? `1 ${noun}` : `${grouped(count)} ${many}`;
}

/** `1,048,576`. By hand, because the first use of Intl costs 50 ms. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:[0-9]{3})+$)/g, ",");
}

/** Whether a file is text: valid UTF-8 without NUL, which no text has and most binary formats do. */
export function isText(data: Uint8Array): boolean {
  return !data.includes(0) && isUtf8(data);
}
