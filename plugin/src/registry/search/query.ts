import type { FilterField, SearchFilter, SearchQuery } from "../../store/search.ts";
import { SkillsError } from "@skills-registry/schema";
import { narrowed, parsePeriod } from "./query-dates.ts";
import { withoutStopWords } from "./stop-words.ts";
import { foldValue, isUnspaced, spelling, words } from "./words.ts";

/** What a text asks for. */
export type ParsedQuery = Pick<
  SearchQuery,
  "words" | "prefix" | "name" | "phrases" | "excluded" | "filters" | "hasScripts" | "deprecated" | "updated"
>;

/** Terms of a query and words of a term that count. More only cost time: every one of them must match. */
const TERMS_MAX = 32;

/** Longest value of a qualifier, in UTF-16 units, as keywords of a package may be. */
const VALUE_MAX = 256;

/** Qualifiers and the fields they compare; `maintainer`, `scope` and `keywords` are npm's names. */
const FIELDS = new Map<string, FilterField>([
  ["namespace", "namespace"],
  ["scope", "namespace"],
  ["keyword", "keyword"],
  ["keywords", "keyword"],
  ["tag", "keyword"],
  ["agent", "agent"],
  ["license", "license"],
  ["licence", "license"],
  ["author", "author"],
  ["maintainer", "author"],
]);

/** Stands for text without a letter or digit, which no skill has. It is none itself. */
const NO_WORD = "\ufffd";

/** One thing a person typed: `-` in front, `key:` in front, and text that may stand in quotes. */
const TERM = /(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S*))/giu;

/** `@acme/` and what may follow. */
const FULL_NAME = /^@([^/\s]+)\/(.*)$/su;

interface Term {
  negated: boolean;
  /** In lower case; empty when there is none. */
  key: string;
  text: string;
  quoted: boolean;
  /** As it was typed. */
  typed: string;
  /** Nothing follows it: it may still be being typed. */
  last: boolean;
}

/**
 * Reads what a person typed into a search field. What is no qualifier is words: every text has a meaning.
 * Throws EBADREQUEST for dates that are none.
 */
export function parseQuery(text: string): ParsedQuery {
  const parsed: ParsedQuery = {
    words: [],
    prefix: false,
    name: null,
    phrases: [],
    excluded: [],
    filters: [],
    hasScripts: null,
    deprecated: null,
    updated: { from: null, before: null },
  };
  const names: string[] = [];
  for (const term of termsOf(text)) {
    if (readQualifier(parsed, term)) continue;
    readText(parsed, term);
    if (!term.negated) names.push(term.typed);
  }
  const name = spelling(names.join(" "));
  if (name === "" && names.length > 0 && parsed.filters.length === 0) parsed.words.push(NO_WORD);
  const telling = withoutStopWords(parsed);
  return {
    ...parsed,
    words: telling.slice(-TERMS_MAX),
    prefix: parsed.prefix && telling.at(-1) === parsed.words.at(-1),
    name: name === "" ? null : name,
  };
}

function termsOf(text: string): Term[] {
  return Array.from(text.matchAll(TERM))
    .filter(([typed]) => typed !== "")
    .slice(0, TERMS_MAX)
    .map((match) => {
      const [typed, minus, key = "", quoted, bare = ""] = match;
      return {
        negated: minus === "-",
        key: key.toLowerCase(),
        text: quoted ?? bare,
        quoted: quoted !== undefined,
        typed,
        last: match.index + typed.length === text.length,
      };
    });
}

/** False when the term is text. */
function readQualifier(parsed: ParsedQuery, term: Term): boolean {
  const field = FIELDS.get(term.key);
  if (field !== undefined) {
    parsed.filters.push(...filtersOf(field, term));
    return true;
  }
  const value = foldValue(term.text);
  if (term.key === "has" && value === "scripts") {
    parsed.hasScripts = !term.negated;
    return true;
  }
  if (term.key === "is" && value === "deprecated") {
    parsed.deprecated = !term.negated;
    return true;
  }
  if (term.key !== "updated" || value === "") return false;
  if (term.negated) throw new SkillsError("EBADREQUEST", `"${term.typed}": a time cannot be excluded`);
  parsed.updated = narrowed(parsed.updated, parsePeriod(term.text.trim()));
  return true;
}

/** Several values between commas, as npm has it. Without a value the qualifier is still being typed and asks nothing. */
function filtersOf(field: FilterField, term: Term): SearchFilter[] {
  return (term.quoted ? [term.text] : term.text.split(","))
    .map((text) => foldValue(text.slice(0, VALUE_MAX)))
    .map((value) => (field === "namespace" ? value.replace(/^@/, "").replace(/\/$/, "") : value))
    .filter((value) => value !== "")
    .slice(0, TERMS_MAX)
    .map((value) => ({ field, value, negated: term.negated }));
}

function readText(parsed: ParsedQuery, term: Term): void {
  const [, namespace, skill = ""] = term.quoted ? [] : (FULL_NAME.exec(term.text) ?? []);
  const inNamespace = namespace !== undefined && (!term.negated || skill === "");
  if (inNamespace) parsed.filters.push(...filtersOf("namespace", { ...term, text: namespace, quoted: true }));
  const found = words(`${term.key} ${inNamespace ? skill : term.text}`).slice(0, TERMS_MAX);
  if (found.length === 0) return;
  if (term.negated) parsed.excluded.push(found);
  else if (found.length > 1 && (term.quoted || found.every(isUnspaced))) parsed.phrases.push(found);
  else {
    parsed.words.push(...found);
    parsed.prefix = term.last && !term.quoted;
  }
}
