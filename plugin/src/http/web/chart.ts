import { date, exact, plural } from "./format.ts";
import { type Html, html } from "./html.ts";

const WIDTH = 10;
const GAP = 2;
const HEIGHT = 52;
/** A day with any downloads is seen beside one with thousands. */
const SMALLEST = 2;

/** Downloads by day as bars, with the same as a table for who cannot see them. */
export function downloadsChart(days: { day: string; count: number }[]): Html {
  const most = Math.max(...days.map(({ count }) => count), 1);
  const first = date(days[0]?.day ?? "");
  const last = date(days.at(-1)?.day ?? "");
  return html`<svg
      class="chart"
      viewBox="0 0 ${days.length * WIDTH - GAP} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-labelledby="chart-title"
    >
      <title id="chart-title">
        Downloads per day from ${first} to ${last}, at most ${exact(most)} on one day
      </title>
      ${days.map(({ count }, index) => bar(count, { most, index }))}
    </svg>
    <details>
      <summary>By day</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Downloads by day">
        <table>
          <tbody>
            ${days.toReversed().map(
              ({ day, count }) =>
                html`<tr>
                  <th scope="row">${date(day)}</th>
                  <td class="number">${plural(count, "download")}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
}

function bar(count: number, { most, index }: { most: number; index: number }): Html {
  const height = count === 0 ? 1 : Math.max(SMALLEST, Math.round((count / most) * HEIGHT));
  return html`<rect
    ${count === 0 ? html`class="base"` : null}
    x="${index * WIDTH}"
    y="${HEIGHT - height}"
    width="${WIDTH - GAP}"
    height="${height}"
  />`;
}
