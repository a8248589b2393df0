import { createHash } from "node:crypto";
import { words } from "../../../registry/search/words.ts";
import type { FilterField, SearchDocument } from "../../search.ts";
import { facetsOf } from "../search-facet-values.ts";
import { headOf, indexedBody, rememberingStem } from "../search-head.ts";

/**
 * What stands in `search_documents.terms`, a tsvector that PostgreSQL's own parser has no part in. A stem of the document is in it as
 * itself; one of the head a second time behind `head=`, one of name or keywords a third time behind `name=`: so heads are found by the
 * index alone, in the one index that there is. Values of qualifiers stand behind their field, as in `keyword=law`.
 * No word has a `=` in it, so nobody can ask for a mark.
 */

/** Where a word has to stand: anywhere, in the head, in name or keywords. */
export type Place = "" | "head=" | "name=";

/** Every document has it: what is excluded is excluded from something. */
export const ALL = "=";

/** A place that a word stands in as well, with the letter by which PostgreSQL weighs it there. */
interface Mark {
  place: Place;
  weight: "A" | "B" | "C" | "";
}

const IN_NAMES: Mark = { place: "name=", weight: "" };

/** PostgreSQL counts positions to 16,383. They start again behind it, so that phrases of long texts are found, too. */
const POSITIONS = 16_383;

/** PostgreSQL keeps so many of a word. */
const POSITIONS_OF_WORD = 255;

/** PostgreSQL stores no vector above 2^20 bytes. What is beyond is not found; no text of BODY_MAX characters gets there. */
const BYTES_MAX = 1_000_000;

/** Bytes that a lexeme takes beside its letters, and each of its positions. */
const LEXEME_BYTES = 4;
const POSITION_BYTES = 2;

/** UTF-16 units of a value that is stored as it is: a lexeme has at most 2,046 bytes. */
const VALUE_MAX = 512;

export interface Vector {
  /** As PostgreSQL reads a tsvector. */
  terms: string;
  /** Words of the whole, and of the head. */
  textWords: number;
  headWords: number;
}

export function vectorOf(document: SearchDocument): Vector {
  const { skill, namespace, keywords, description, headings } = headOf(document);
  const writer = new VectorWriter();
  // Without a gap: the full name is a phrase.
  writer.add([namespace], [{ place: "head=", weight: "" }]);
  writer.add([skill], [{ place: "head=", weight: "A" }, IN_NAMES]);
  writer.gap();
  writer.add(keywords.split("\n"), [{ place: "head=", weight: "B" }, IN_NAMES]);
  writer.gap();
  writer.add(description.split("\n"), [{ place: "head=", weight: "C" }]);
  writer.gap();
  writer.add(headings.split("\n"), [{ place: "head=", weight: "" }]);
  writer.gap();
  const headWords = writer.words;
  writer.add([indexedBody(document)], []);
  writer.put(ALL);
  for (const { field, value } of facetsOf(document)) writer.put(filterLexeme(field, value));
  return { terms: writer.toString(), textWords: writer.words, headWords };
}

class VectorWriter {
  /** Words that were added. */
  words = 0;
  readonly #positions = new Map<string, string[]>();
  readonly #stemOf = rememberingStem();
  #place = 0;
  #bytes = 0;

  /** Texts one after the other, with a gap between two of them. */
  add(texts: string[], marks: Mark[]): void {
    for (const [index, text] of texts.entries()) {
      if (index > 0) this.gap();
      for (const word of words(text)) this.#addWord(this.#stemOf(word), marks);
    }
  }

  /** No phrase reaches over it. */
  gap(): void {
    this.#place += 1;
  }

  put(lexeme: string, position?: string): void {
    const known = this.#positions.get(lexeme);
    const size = known === undefined ? Buffer.byteLength(lexeme) + LEXEME_BYTES : POSITION_BYTES;
    if (this.#bytes + size > BYTES_MAX || known?.length === POSITIONS_OF_WORD) return;
    this.#bytes += size;
    const positions = known ?? [];
    if (position !== undefined) positions.push(position);
    this.#positions.set(lexeme, positions);
  }

  #addWord(stem: string, marks: Mark[]): void {
    const position = `${(this.#place % POSITIONS) + 1}`;
    this.put(stem, position);
    for (const { place, weight } of marks) this.put(`${place}${stem}`, `${position}${weight}`);
    this.#place += 1;
    this.words += 1;
  }

  toString(): string {
    return Array.from(this.#positions, ([lexeme, positions]) =>
      positions.length === 0 ? quoted(lexeme) : `${quoted(lexeme)}:${positions.join(",")}`,
    ).join(" ");
  }
}

/** One lexeme for a folded value of a field. */
export function filterLexeme(field: FilterField, value: string): string {
  const short = value.length <= VALUE_MAX ? value : createHash("sha256").update(value).digest("hex");
  return `${field}=${short}`;
}

/** As a tsvector or a tsquery has it: whatever is between the quotes is text. */
export function quoted(lexeme: string): string {
  return `'${lexeme.replace(/['\\]/g, "$&$&")}'`;
}
