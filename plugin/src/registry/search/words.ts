import { stemmer } from "stemmer";

/**
 * The one way in which text becomes words: for the index, for queries and for marking hits.
 * Every storage adapter indexes these words and stems instead of using a tokenizer of its own, so that all find the same.
 */

/** Longest word told apart, in UTF-16 units; what is beyond is cut off alike in skills and in queries. */
export const WORD_MAX = 64;

/** Shorter words are no forms of others: "as", "go". */
const STEMMED_MIN = 3;

/** Scripts without spaces between words: each character counts as a word of its own. */
const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;

/** Runs that can hold words. Those of ASCII alone are words as they are, which most of a text is. */
const RUN = /[a-z0-9\u0080-\uffff]+/g;
const RUN_IN_ANY_CASE = /[a-z0-9\u0080-\uffff]+/gi;
const ASCII_WORD = /^[a-z0-9]+$/;
const WORD = new RegExp(
  String.raw`(?=[\p{L}\p{N}])[${UNSPACED}]|(?:(?![${UNSPACED}])[\p{L}\p{N}])(?:(?![${UNSPACED}])[\p{L}\p{N}\p{M}])*`,
  "gu",
);
const UNSPACED_WORD = new RegExp(`^[${UNSPACED}]$`, "u");
const MARKS = /\p{M}+/gu;
const ENGLISH = /^[a-z]+$/;

/** A word and where it stands in the text it was taken from, in UTF-16 units. */
export interface PlacedWord {
  word: string;
  start: number;
  end: number;
}

/** Lower-case words of letters and digits without accents, in their order. */
export function words(text: string): string[] {
  return (text.toLowerCase().match(RUN) ?? []).flatMap((run) =>
    ASCII_WORD.test(run) ? cut(run) : wordsOfRun(run, 0).map(({ word }) => word),
  );
}

/** The same words with their places. One place can hold several words: "½" is 1 and 2. */
export function placedWords(text: string): PlacedWord[] {
  return Array.from(text.matchAll(RUN_IN_ANY_CASE)).flatMap(({ 0: run, index: start }) => {
    const word = run.toLowerCase();
    return ASCII_WORD.test(word)
      ? [{ word: cut(word), start, end: start + run.length }]
      : wordsOfRun(run, start);
  });
}

function wordsOfRun(run: string, at: number): PlacedWord[] {
  return Array.from(run.matchAll(WORD)).flatMap((match) => {
    const start = at + match.index;
    const end = start + match[0].length;
    return (fold(match[0]).match(WORD) ?? []).map((word) => ({ word: cut(word), start, end }));
  });
}

/** What the forms of an English word have in common (Porter): "testing" and "tests" are "test". */
export function stem(word: string): string {
  return word.length >= STEMMED_MIN && ENGLISH.test(word) ? stemmer(word) : word;
}

/** Whether the word comes from a script without spaces, and so stands for a part of a word. */
export function isUnspaced(word: string): boolean {
  return UNSPACED_WORD.test(word);
}

/** The value of a qualifier or a facet as it is compared: case, accents and white space do not count. */
export function foldValue(value: string): string {
  return fold(value.toWellFormed())
    .replace(/[\s\0]+/gu, " ")
    .trim();
}

/** One spelling for `@acme/legal-documents`, `acme legal documents` and whatever else has these words. */
export function spelling(text: string): string {
  return words(text).join("-");
}

/** By upper case: it takes apart what lower case keeps together, like "ß"; and that by lower case, as there is a capital "ẞ". */
function fold(text: string): string {
  const folded = text.normalize("NFKD").replace(MARKS, "").toLowerCase().toUpperCase().toLowerCase();
  return folded.replace(MARKS, "");
}

/** Never through the middle of a character. */
function cut(word: string): string {
  return word.length <= WORD_MAX ? word : word.slice(0, WORD_MAX).replace(/[\ud800-\udbff]$/, "");
}
