import { stem } from "../../registry/search/words.ts";

/**
 * Words that are one typo apart, found without looking at all of them: each is stored under what is left of it with one letter
 * taken out, and a word that nobody has is looked up the same way.
 */

/** Shorter words are one letter away from too many others. */
const CORRECTED_MIN = 3;

/** Longer ones are not typed by hand. It bounds the rows of a word, one a letter. */
const CORRECTED_MAX = 24;

/** Words looked for in place of one that nobody has. */
const CORRECTIONS_MAX = 4;

/**
 * Words one letter away: one more, one less, another one, or two of them the other way round; or words whose stem is so far
 * from the stem of what was typed. `offered` are those that share a key with it, in the order in which they are wanted.
 */
export function correctionsAmong<Word extends { word: string }>(typed: string, offered: Word[]): Word[] {
  return offered
    .filter(({ word }) => isOneTypoAway(typed, word) || isOneTypoAway(stem(typed), stem(word)))
    .slice(0, CORRECTIONS_MAX);
}

/**
 * The word, its stem, and both without each of their letters: two words with one typo between them share one of these.
 * None for words that are not corrected.
 */
export function typoKeys(word: string): string[] {
  const letters = Array.from(word);
  if (letters.length < CORRECTED_MIN || letters.length > CORRECTED_MAX) return [];
  return [...new Set([letters, Array.from(stem(word))].flatMap(shortened))];
}

function shortened(letters: string[]): string[] {
  return [letters, ...letters.map((_, at) => letters.toSpliced(at, 1))].map((left) => left.join(""));
}

function isOneTypoAway(typed: string, word: string): boolean {
  const [a, b] = [Array.from(typed), Array.from(word)];
  if (Math.min(a.length, b.length) < CORRECTED_MIN) return false;
  const start = a.findIndex((letter, index) => letter !== b[index]);
  if (start === -1) return b.length - a.length <= 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  const tail = (letters: string[], from: number): string => letters.slice(from).join("");
  if (restA.length > 1 && restA[0] === restB[1] && restA[1] === restB[0] && tail(restA, 2) === tail(restB, 2))
    return true;
  // In three letters every other letter makes another word.
  if (a.length === b.length) return a.length > CORRECTED_MIN && tail(restA, 1) === tail(restB, 1);
  return a.length > b.length ? tail(restA, 1) === tail(restB, 0) : tail(restA, 0) === tail(restB, 1);
}
