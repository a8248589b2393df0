import type { Marked } from "../../registry/search/highlight.ts";
import { type Html, html } from "./html.ts";

/** Text with what was searched for marked in it. */
export function markedText({ text, marks }: Marked): Html {
  const parts = marks.map(([start, end], index) => {
    const before = text.slice(marks[index - 1]?.[1] ?? 0, start);
    return html`${before}<mark>${text.slice(start, end)}</mark>`;
  });
  return html`${parts}${text.slice(marks.at(-1)?.[1] ?? 0)}`;
}

/** The scope stands back in names: what a skill is called matters more than whose it is. */
export function markedName({ text, marks }: Marked): Html {
  const slash = text.indexOf("/") + 1;
  const scope = markedText({ text: text.slice(0, slash), marks: within(marks, 0, slash) });
  const skill = markedText({ text: text.slice(slash), marks: within(marks, slash, text.length) });
  return html`<span class="scope">${scope}</span>${skill}`;
}

/** The marks of a part, counted from its beginning; one that reaches into it is cut. */
function within(marks: Marked["marks"], from: number, to: number): Marked["marks"] {
  return marks
    .filter(([start, end]) => start < to && end > from)
    .map(([start, end]) => [Math.max(start, from) - from, Math.min(end, to) - from]);
}
