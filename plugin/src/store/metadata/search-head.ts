import { stem, words } from "../../registry/search/words.ts";
import type { SearchDocument } from "../search.ts";

/** Characters of a body that are indexed: some 30,000 words. More would hold locks for no better result. */
const BODY_MAX = 200_000;

/** Characters of headings that count as head, some 100 headings. */
const HEADINGS_MAX = 4_000;

/** What a skill is found by first; of each a phrase does not reach into the next line. */
export interface Head {
  skill: string;
  namespace: string;
  keywords: string;
  description: string;
  headings: string;
}

export function headOf(document: SearchDocument): Head {
  return {
    skill: skillOf(document.name),
    namespace: document.namespace,
    keywords: document.keywords.join("\n"),
    description: document.description,
    headings: document.headings.join("\n").slice(0, HEADINGS_MAX),
  };
}

/** Words that are completed and corrected to. Those of restricted skills are not: a correction must not tell them. */
export function offeredWords(document: SearchDocument): string[] {
  if (document.restricted) return [];
  return [...new Set(words(Object.values(headOf(document)).join(" ")))];
}

export function indexedBody(document: SearchDocument): string {
  return document.body.slice(0, BODY_MAX);
}

/** The name without its namespace. */
export function skillOf(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

/** `stem`, remembering those that it has made: most of a text are the same few words. */
export function rememberingStem(): (word: string) => string {
  const stems = new Map<string, string>();
  return (word) => {
    const found = stems.get(word);
    if (found !== undefined) return found;
    const made = stem(word);
    stems.set(word, made);
    return made;
  };
}
