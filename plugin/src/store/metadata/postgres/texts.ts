/**
 * PostgreSQL takes every character but U+0000, which a SKILL.md or a manifest may contain. It is written as two others, of which the
 * first is none that Unicode gives a meaning to (U+FFFF), and read back: nothing is lost, and equal texts stay equal.
 */

const NUL = "\0";
const ESCAPE = "\uFFFF";

/** What is sent for a value: the same, but for texts that have U+0000 or U+FFFF in them. */
export function toPostgres(value: unknown): unknown {
  if (typeof value === "string") return escaped(value);
  return Array.isArray(value) ? value.map(toPostgres) : value;
}

/** The text that was written. */
export function fromPostgres(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replace(/\uFFFF([01])/gu, (_, which) => (which === "0" ? NUL : ESCAPE));
}

function escaped(text: string): string {
  if (!text.includes(NUL) && !text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE, `${ESCAPE}1`).replaceAll(NUL, `${ESCAPE}0`);
}
