import type { SearchDocument } from "../plugin/src/store/search.ts";

/**
 * Skills made of chance, the same ones every time: a vocabulary of 30,000 words, bodies of 2 KB in which words are as frequent as in
 * a language (Zipf, exponent 1.07), names of two or three less common words, descriptions of some 190 characters, five keywords.
 */

const VOCABULARY = 30_000;
const ZIPF_EXPONENT = 1.07;
const BODY_LENGTH = 2_000;
const DESCRIPTION_LENGTH = 190;
const KEYWORDS = 5;
/** Names take their words from these ranks. */
const TOPICS = { from: 100, to: 10_000 };
const NAMESPACES = 500;
const LICENSES = ["MIT", "Apache-2.0", "BSD-3-Clause", "CC-BY-4.0", null];
const AGENTS = [[], [], ["claude-code"], ["codex"], ["cursor", "github-copilot"]];
const DAY_MS = 86_400_000;

export interface Random {
  /** From 0 to 1. */
  next(): number;
  below(limit: number): number;
}

/** Mulberry32: short, and good enough to draw words. */
export function seeded(seed: number): Random {
  let state = seed;
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  return { next, below: (limit) => Math.floor(next() * limit) };
}

export interface Corpus {
  /** Most common first. */
  vocabulary: string[];
  document(index: number): SearchDocument;
}

/** Documents are made when they are asked for: 100,000 at once would take a gigabyte. */
export function syntheticCorpus(): Corpus {
  const vocabulary = madeWords(seeded(1));
  const cumulated = zipf();
  return {
    vocabulary,
    document(index) {
      const random = seeded(1_000 + index);
      const drawn = (length: number): string =>
        text(length, () => vocabulary[rankOf(cumulated, random.next())] ?? "");
      const topics = Array.from({ length: 2 + random.below(2) }, () => topic(vocabulary, random));
      const namespace = `team-${random.below(NAMESPACES)}`;
      return {
        // The number keeps two skills of the same topics apart.
        name: `@${namespace}/${topics.join("-")}-${index}`,
        namespace,
        version: "1.0.0",
        description: `${topics.join(" ")} ${drawn(DESCRIPTION_LENGTH)}`,
        keywords: [
          ...topics,
          ...Array.from({ length: KEYWORDS - topics.length }, () => topic(vocabulary, random)),
        ],
        license: LICENSES[random.below(LICENSES.length)] ?? null,
        publisher: namespace,
        authors: [namespace],
        agents: AGENTS[random.below(AGENTS.length)] ?? [],
        hasScripts: random.below(4) === 0,
        publishedAt: new Date(Date.UTC(2025, 0, 1) + random.below(600) * DAY_MS).toISOString(),
        deprecated: random.below(50) === 0,
        restricted: false,
        dependencies: [],
        headings: [topics.join(" ")],
        body: drawn(BODY_LENGTH),
      };
    },
  };
}

function madeWords(random: Random): string[] {
  const consonants = "bcdfghjklmnprstvwz";
  const vowels = "aeiou";
  const made = new Set<string>();
  while (made.size < VOCABULARY) {
    const syllables = 2 + random.below(3);
    const syllable = (): string =>
      `${consonants[random.below(consonants.length)]}${vowels[random.below(vowels.length)]}${random.below(3) === 0 ? consonants[random.below(consonants.length)] : ""}`;
    made.add(Array.from({ length: syllables }, syllable).join(""));
  }
  return [...made];
}

function topic(vocabulary: string[], random: Random): string {
  return vocabulary[TOPICS.from + random.below(TOPICS.to - TOPICS.from)] ?? "";
}

/** Cumulated probabilities of the ranks. */
function zipf(): Float64Array {
  const cumulated = new Float64Array(VOCABULARY);
  let sum = 0;
  for (let rank = 0; rank < VOCABULARY; rank += 1) {
    sum += 1 / (rank + 1) ** ZIPF_EXPONENT;
    cumulated[rank] = sum;
  }
  return cumulated.map((value) => value / sum);
}

function rankOf(cumulated: Float64Array, drawn: number): number {
  let [low, high] = [0, cumulated.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulated[middle] ?? 1) < drawn) low = middle + 1;
    else high = middle;
  }
  return low;
}

function text(length: number, word: () => string): string {
  let made = word();
  while (made.length < length) made += ` ${word()}`;
  return made;
}
