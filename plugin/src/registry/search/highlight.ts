import { type Correction, HIT_BODY_MAX } from "../../store/search.ts";
import { hasCode, plainBlocks } from "./plain-text.ts";
import type { ParsedQuery } from "./query.ts";
import { placedWords, type PlacedWord, stem } from "./words.ts";

/** Text with the places of what was searched for: UTF-16 offsets, in order, none overlapping another. */
export interface Marked {
  text: string;
  marks: [start: number, end: number][];
}

/** What of a query can be marked. */
type Asked = Pick<ParsedQuery, "words" | "phrases" | "prefix">;

/** Characters of a snippet. */
const SNIPPET_LENGTH = 160;

/** Stands between the headings, items and paragraphs of a snippet. */
const BLOCK_SEPARATOR = " · ";

/** Characters before the first hit that a snippet goes back to begin with a sentence. */
const LEAD_MAX = 60;

/** The query that was searched for in place of one with typos, so that what was found is marked. */
export function withCorrections<T extends Asked>(query: T, corrections: Correction[]): T {
  return { ...query, words: [...corrections.flatMap(({ corrected }) => corrected), ...query.words] };
}

/** Marks the words that match: as they are, by their stem, as the beginning that is being typed, or together as a phrase. */
export function highlight(text: string, query: Asked): Marked {
  return { text, marks: joined(finder(query)(text)) };
}

/**
 * The place of a SKILL.md that has most of the words, without frontmatter and Markdown, on one line, some `length` characters.
 * null when it has none of them. Code is shown only where nothing else matches.
 */
export function snippet(body: string, query: Asked, length = SNIPPET_LENGTH): Marked | null {
  const markdown = body.slice(0, HIT_BODY_MAX);
  const found =
    findWindow(plainBlocks(markdown, "without code"), query, length) ??
    (hasCode(markdown) ? findWindow(plainBlocks(markdown, "with code"), query, length) : undefined);
  return found === undefined ? null : cut(found.text, query, windowAround(found, length));
}

/**
 * How long the snippets of one page of hits may take, and everything else waits, milliseconds. A hundred usual ones take some 100
 * on a busy machine; a hundred texts made to be slow would take several seconds.
 */
const PAGE_MS = 250;

/** Snippets for the hits of one page, in their order. null for those that there is no time left for, too. */
export function pageSnippets(query: Asked): (body: string) => Marked | null {
  let left = PAGE_MS;
  return (body) => {
    if (left <= 0) return null;
    const start = performance.now();
    const found = snippet(body, query);
    left -= performance.now() - start;
    return found;
  };
}

interface Found {
  text: string;
  /** From the first to the last hit of the window. */
  range: Range;
}

/** Reads no further than to a window that has everything. */
function findWindow(blocks: Iterable<string>, query: Asked, length: number): Found | undefined {
  const find = finder(query);
  const terms = query.words.length + query.phrases.length;
  const window = slidingWindow(length);
  let text = "";
  for (const block of blocks) {
    const best = window.best();
    if (best?.terms === terms && text.length > best.range[0] + length) break;
    if (text !== "") text += BLOCK_SEPARATOR;
    for (const hit of find(block)) {
      window.add({ ...hit, start: text.length + hit.start, end: text.length + hit.end });
    }
    text += block;
  }
  const range = window.best()?.range;
  return range && { text, range };
}

interface Hit {
  start: number;
  end: number;
  /** Number of the word or phrase of the query. */
  term: number;
}

type Range = [start: number, end: number];

/** Finds the words and phrases of the query in texts. */
function finder(query: Asked): (text: string) => Hit[] {
  const matches = wordMatcher(query);
  const phrases = query.phrases.map((phrase) => phrase.map(stem));
  const mayMatch = blockFilter(query);
  return (text) => {
    const hits: Hit[] = [];
    if (!mayMatch(text)) return hits;
    const places = placedWords(text);
    for (const [index, { word, start, end }] of places.entries()) {
      for (const term of matches(word)) hits.push({ start, end, term });
      for (const [number, phrase] of phrases.entries()) {
        const phraseEnd = endOfPhrase(places, index, phrase);
        if (phraseEnd !== undefined) hits.push({ start, end: phraseEnd, term: query.words.length + number });
      }
    }
    return hits;
  };
}

const NOT_ASCII = /[\u0080-\uffff]/;

/**
 * Whether it pays to look for words in a text: in most paragraphs nothing begins like one of them. Forms of a word begin like
 * its stem but for the last letter. A text with other than ASCII has to be folded to know.
 */
function blockFilter({ words, phrases }: Asked): (text: string) => boolean {
  const stems = [...words, ...phrases.flat()].map(stem);
  const beginnings = new RegExp(stems.map((one) => one.slice(0, -1)).join("|"), "i");
  return (text) => stems.length > 0 && (beginnings.test(text) || NOT_ASCII.test(text));
}

/** Which words of the query a word of a text matches. A text repeats its words: each is decided once. */
function wordMatcher({ words, prefix }: Asked): (word: string) => number[] {
  const stems = words.map(stem);
  const beginning = prefix ? words.at(-1) : undefined;
  const decided = new Map<string, number[]>();
  return (word) => {
    const known = decided.get(word);
    if (known !== undefined) return known;
    // A stem begins as its word does: most words need not be stemmed to know that they are others.
    const terms = stems.flatMap((wanted, term) =>
      word[0] === wanted[0] && stem(word) === wanted ? [term] : [],
    );
    const isBegun = beginning !== undefined && word.startsWith(beginning);
    const decision = isBegun ? [...new Set([...terms, words.length - 1])] : terms;
    decided.set(word, decision);
    return decision;
  };
}

/** Where the phrase ends that begins with this word; undefined when none does. */
function endOfPhrase(places: PlacedWord[], index: number, phrase: string[]): number | undefined {
  const isThere = phrase.every((wanted, offset) => {
    const place = places[index + offset];
    return place !== undefined && stem(place.word) === wanted;
  });
  return isThere ? places[index + phrase.length - 1]?.end : undefined;
}

function joined(hits: Hit[]): Range[] {
  const marks: Range[] = [];
  for (const { start, end } of hits) {
    const last = marks.at(-1);
    if (last === undefined || start >= last[1]) marks.push([start, end]);
    else last[1] = Math.max(last[1], end);
  }
  return marks;
}

interface Window {
  /** Different words and phrases of the query in it. */
  terms: number;
  hits: number;
  range: Range;
}

/** Of the stretches of `length` the one with most of the query; then with more hits, then the first. */
function slidingWindow(length: number): { add(hit: Hit): void; best(): Window | undefined } {
  const inside: Hit[] = [];
  let best: Window | undefined;
  return {
    add(hit) {
      inside.push(hit);
      while (inside.length > 1 && hit.end - (inside[0]?.start ?? 0) > length) inside.shift();
      const terms = new Set(inside.map(({ term }) => term)).size;
      const isBetter = terms > (best?.terms ?? 0) || (terms === best?.terms && inside.length > best.hits);
      if (isBetter) best = { terms, hits: inside.length, range: [inside[0]?.start ?? hit.start, hit.end] };
    },
    best: () => best,
  };
}

/** Where a snippet may begin: after a sentence, and after a block. */
const SENTENCE_END = /[.!?:;][ ]|[ ]·[ ]/g;

/** Begins with the text, or where a sentence or block begins shortly before, or else with a word; ends with a word. */
function windowAround({ text, range: [from, to] }: Found, length: number): Range {
  const earliest = Math.max(0, from - LEAD_MAX, to - length);
  const sentences = Array.from(text.slice(earliest, from).matchAll(SENTENCE_END));
  const last = sentences.at(-1);
  const begin = last === undefined ? nextWord(text, earliest, from) : earliest + last.index + last[0].length;
  const start = earliest === 0 ? 0 : begin;
  const end = Math.max(to, Math.min(text.length, start + length));
  return [start, end === text.length || end === to ? end : lastWord(text, end, to)];
}

function nextWord(text: string, at: number, limit: number): number {
  const space = text.indexOf(" ", at);
  return space === -1 || space >= limit ? limit : space + 1;
}

function lastWord(text: string, at: number, limit: number): number {
  const space = text.lastIndexOf(" ", at);
  return space <= limit ? limit : space;
}

const ELLIPSIS = "…";

function cut(text: string, query: Asked, [start, end]: Range): Marked {
  const trimmed = text.slice(start, end).replace(/(?: ·)+ ?$/u, "");
  const shown = `${start === 0 ? "" : ELLIPSIS}${trimmed}${start + trimmed.length < text.length ? ELLIPSIS : ""}`;
  return highlight(shown.toWellFormed(), query);
}
