import type { FileChange, Hunk } from "@skills-registry/schema";
import { type Html, html } from "./html.ts";

/** Lines of one comparison that are shown. */
export const LINES_MAX = 3_000;
/** Characters of a line that are shown; longer ones are data. */
const LINE_CHARACTERS = 1_000;

/** What may still be shown; whoever shows lines takes them off. */
export interface LineBudget {
  lines: number;
}

/** The changed lines of a file, with signs and words as well as colours. */
export function diffLines({ hunks, path, before, after }: FileChange, budget: LineBudget): Html {
  if (hunks === null)
    return html`<p class="muted">Not compared line by line: binary, or too large or too different.</p>`;
  if (hunks.length === 0)
    return html`<p class="muted">
      ${before === after ? "Only the mode of the file changed." : "An empty file."}
    </p>`;
  const lines = hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
  if (lines > budget.lines)
    return html`<p class="muted">Not shown: ${lines} lines are too many for this page.</p>`;
  budget.lines -= lines;
  return html`<div class="diff" tabindex="0" role="region" aria-label="Changes in ${path}">
    <table>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Old line</th>
          <th scope="col">New line</th>
          <th scope="col">Change</th>
          <th scope="col">Text</th>
        </tr>
      </thead>
      ${hunks.map((hunk) => hunkRows(hunk))}
    </table>
  </div>`;
}

const KINDS = {
  " ": { name: "same", word: "unchanged" },
  "+": { name: "add", word: "added" },
  "-": { name: "del", word: "removed" },
};

/** In the old and the new text; empty where the line is not there. */
type LineNumbers = [number | "", number | ""];

function hunkRows({ oldStart, newStart, lines }: Hunk): Html {
  let [before, after] = [oldStart, newStart];
  return html`<tbody>
    ${lines.map(({ kind, text }) => {
      const numbers: LineNumbers = [kind === "+" ? "" : before, kind === "-" ? "" : after];
      if (kind !== "+") before += 1;
      if (kind !== "-") after += 1;
      return line(kind, text, numbers);
    })}
  </tbody>`;
}

function line(kind: " " | "+" | "-", text: string, [before, after]: LineNumbers): Html {
  const { name, word } = KINDS[kind];
  const shown = text.length > LINE_CHARACTERS ? `${text.slice(0, LINE_CHARACTERS).toWellFormed()} …` : text;
  return html`<tr class="${name}">
    <td class="line">${before}</td>
    <td class="line">${after}</td>
    <td class="sign" aria-label="${word}">${kind === "-" ? "−" : kind}</td>
    <td><code>${shown}</code></td>
  </tr>`;
}
