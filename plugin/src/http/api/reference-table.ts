import { type Html, html } from "../web/html.ts";

interface ReferenceTable {
  /** What the table is about, for those who do not see where it stands. */
  label: string;
  head: string[];
  rows: string[][];
}

/** Rows with a name in front; backticks in the other cells become code. */
export function referenceTable({ label, head, rows }: ReferenceTable): Html {
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells]) =>
            html`<tr>
              <th scope="row"><code>${name}</code></th>
              ${cells.map((cell) => html`<td>${inlineCode(cell)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Text of our own tables, where code stands between backticks. */
export function inlineCode(text: string): Html {
  const parts = text.split("`");
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}
