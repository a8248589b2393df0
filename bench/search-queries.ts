import { type Corpus, seeded } from "./search-corpus.ts";

/** Queries of each kind that are measured, and those before them that are not. */
export const QUERIES = 200;
export const WARMUP = 20;

export interface KnownItem {
  text: string;
  /** Name of the skill that is looked for; null where only the time counts. */
  wanted: string | null;
  facets?: boolean;
}

/** Queries of every kind, as somebody types them who knows what the skill is about. */
export function knownItems(corpus: Corpus, size: number): Record<string, KnownItem[]> {
  const random = seeded(7);
  const items = Array.from({ length: QUERIES + WARMUP }, () => {
    const { name } = corpus.document(random.below(size));
    const topics = name
      .slice(name.indexOf("/") + 1)
      .split("-")
      .slice(0, -1);
    return { name, first: topics[0] ?? "", second: topics[1] ?? "" };
  });
  const common = corpus.vocabulary.slice(0, 20);
  return {
    "one word of the name": items.map((item) => ({ text: `${item.first} `, wanted: item.name })),
    "two words of the name": items.map((item) => ({
      text: `${item.first} ${item.second} `,
      wanted: item.name,
    })),
    "a word and the first four letters of another": items.map((item) => ({
      text: `${item.first} ${item.second.slice(0, 4)}`,
      wanted: item.name,
    })),
    "two words, one with a typo": items.map((item) => ({
      text: `${item.first} ${mistyped(item.second, random)} `,
      wanted: item.name,
    })),
    "two words, with facets": items.map((item) => ({
      text: `${item.first} ${item.second} `,
      wanted: item.name,
      facets: true,
    })),
    "one word, with facets": items.map((item) => ({ text: `${item.first} `, wanted: null, facets: true })),
    "one of the 20 most common words": items.map((_, index) => ({
      text: `${common[index % 20]} `,
      wanted: null,
    })),
    "a common word in one namespace": items.map((_, index) => ({
      text: `namespace:team-${index} ${common[index % 20]} `,
      wanted: null,
    })),
    "a common word, with facets": items.map((_, index) => ({
      text: `${common[index % 20]} `,
      wanted: null,
      facets: true,
    })),
    "no word at all": items.map(() => ({ text: "", wanted: null })),
    "words that no skill has together": items.map((item, index) => ({
      text: `${item.first} ${items[(index + 1) % items.length]?.second} ${items[(index + 2) % items.length]?.first} ${common[index % 20]} `,
      wanted: null,
    })),
  };
}

function mistyped(word: string, random: { below(limit: number): number }): string {
  const letters = Array.from(word);
  const at = 1 + random.below(letters.length - 1);
  const other = "abcdefghijklmnopqrstuvwxyz"[random.below(26)] ?? "x";
  const kinds = [
    () => letters.toSpliced(at, 1),
    () => letters.toSpliced(at, 0, other),
    () => letters.with(at, other),
    () => letters.toSpliced(at - 1, 2, letters[at] ?? "", letters[at - 1] ?? ""),
  ];
  return (kinds[random.below(kinds.length)]?.() ?? letters).join("");
}
