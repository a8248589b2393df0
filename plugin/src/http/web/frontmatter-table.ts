import { type Html, html } from "./html.ts";

/** Rows of one table; nobody reads more. */
const ROWS_MAX = 60;

interface Row {
  key: string;
  value: string;
}

/** A SKILL.md's frontmatter for people. `known`: texts that the page shows already, which are left out. */
export function frontmatterTable(data: Record<string, unknown>, known: string[]): Html | null {
  const rows = rowsOf(data, "").filter(({ key, value }) => !(isHead(key) && known.includes(value.trim())));
  if (rows.length === 0) return null;
  return html`<section class="frontmatter" aria-label="Frontmatter">
    <table>
      <tbody>
        ${rows.slice(0, ROWS_MAX).map(
          ({ key, value }) =>
            html`<tr>
              <th scope="row">${key}</th>
              <td>${value}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function isHead(key: string): boolean {
  return key === "name" || key === "description";
}

/** One row a value; `metadata.author` for what stands one level below. */
function rowsOf(data: object, prefix: string): Row[] {
  return Object.entries(data).flatMap(([key, value]: [string, unknown]): Row[] => {
    const path = prefix + key;
    if (typeof value === "object" && value !== null && !Array.isArray(value) && prefix === "") {
      return rowsOf(value, `${path}.`);
    }
    return [{ key: path, value: textOf(value) }];
  });
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  return JSON.stringify(value);
}
