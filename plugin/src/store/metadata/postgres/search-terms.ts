import { stem } from "../../../registry/search/words.ts";
import type { SearchFilter } from "../../search.ts";
import { ALL, filterLexeme, type Place, quoted } from "./search-vector.ts";

/** What is asked of `search_documents.terms`: a tsquery for words in a place. Every lexeme is quoted, so that a text is only text. */
export type Expression = (place: Place) => string;

/** Any of the words, in any of their forms. */
export function anyWord(words: string[]): Expression {
  const stems = [...new Set(words.map(stem))];
  return (place) => stems.map((found) => quoted(`${place}${found}`)).join(" | ");
}

/** Stems that begin so. */
export function beginningWith(letters: string): Expression {
  return (place) => `${quoted(`${place}${letters}`)}:*`;
}

/** Words next to each other. */
export function phrase(text: string[]): Expression {
  return (place) => text.map((word) => quoted(`${place}${stem(word)}`)).join(" <-> ");
}

export function anyOf(expressions: Expression[]): Expression {
  return joined(expressions, " | ");
}

export function allOf(expressions: Expression[]): Expression {
  return joined(expressions, " & ");
}

function joined(expressions: Expression[], operator: string): Expression {
  return (place) => expressions.map((expression) => `(${expression(place)})`).join(operator);
}

/** The same for every place. Skills that have any of the filter's values in each of its fields, and nothing that is excluded; undefined when nothing is asked. */
export function scopeExpression(filters: SearchFilter[], excluded: string[][]): Expression | undefined {
  const wanted = filters.filter((filter) => !filter.negated);
  const fields = [...new Set(wanted.map((filter) => filter.field))];
  const narrowed = fields.map((field) =>
    anyOf(wanted.filter((filter) => filter.field === field).map(withValue)),
  );
  const unwanted = [
    ...excluded.map((text) => anywhere(phrase(text))),
    ...filters.filter((filter) => filter.negated).map(withValue),
  ];
  if (narrowed.length + unwanted.length === 0) return undefined;
  const without = unwanted.map(
    (expression): Expression =>
      (place) =>
        `!(${expression(place)})`,
  );
  return allOf([() => quoted(ALL), ...narrowed, ...without]);
}

function withValue({ field, value }: SearchFilter): Expression {
  return () => quoted(filterLexeme(field, value));
}

function anywhere(expression: Expression): Expression {
  return () => expression("");
}
