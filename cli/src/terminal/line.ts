import { styleText } from "node:util";
import { escapeLine } from "./escape.ts";
import type { Streams } from "../world.ts";

/** What a part of a line is; how that looks is decided here alone. */
const STYLES = {
  plain: [],
  name: ["bold"],
  match: ["bold", "magenta"],
  faint: ["dim"],
  warning: ["yellow"],
  added: ["green"],
  removed: ["red"],
  head: ["underline"],
  wanted: ["cyan"],
  latest: ["blue"],
} as const satisfies Record<string, readonly Parameters<typeof styleText>[0][]>;

export type Style = keyof typeof STYLES;

export interface Span {
  text: string;
  style: Style;
}

/** A line for people: text, or parts of it that look different where the terminal can show that. */
export type Line = string | Span[];

/** A text with matches in it, as search answers it. */
interface Marked {
  text: string;
  /** Start and end of each, in UTF-16 code units. */
  marks: [start: number, end: number][];
}

export function span(text: string, style: Style = "plain"): Span {
  return { text, style };
}

/** The text in spans, matches apart from the rest. Marks come from the registry: those that cannot be are passed over. */
export function markedSpans({ text, marks }: Marked, style: Style = "plain"): Span[] {
  // One space for one line break, so that the marks stay where they are.
  const line = text.replace(/[\t\r\n]/g, " ");
  const spans: Span[] = [];
  let done = 0;
  for (const [start, end] of marks.toSorted(([a], [b]) => a - b)) {
    if (start < done || end <= start || end > line.length) continue;
    spans.push(span(line.slice(done, start), style), span(line.slice(start, end), "match"));
    done = end;
  }
  return [...spans, span(line.slice(done), style)].filter(({ text }) => text !== "");
}

/** The line without anything that a terminal obeys, but for our own styles. */
export function renderLine(line: Line, { colors }: Pick<Streams, "colors">): string {
  if (typeof line === "string") return escapeLine(line);
  return line.map(({ text, style }) => styled(escapeLine(text), colors ? STYLES[style] : [])).join("");
}

/** The spans cut to the width of the terminal. */
export function fitted(spans: Span[], columns: number): Span[] {
  const safe = spans.map(({ text, style }) => span(escapeLine(text), style));
  if (safe.reduce((sum, { text }) => sum + text.length, 0) <= columns) return safe;
  let left = columns - 1;
  const kept = safe.map(({ text, style }) => {
    const shown = text.slice(0, Math.max(0, left));
    left -= text.length;
    return span(shown, style);
  });
  return [...kept.filter(({ text }) => text !== ""), span("…")];
}

function styled(text: string, formats: readonly Parameters<typeof styleText>[0][]): string {
  // Whether the stream takes styles is settled: `colors`.
  return formats.reduce((inner, format) => styleText(format, inner, { validateStream: false }), text);
}
