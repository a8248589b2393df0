import { type NewAbilitiesAnswer, parseFrontmatter } from "@skills-registry/schema";
import type { Version } from "../../store/metadata.ts";
import { notice } from "./components.ts";
import { plural } from "./format.ts";
import { type Html, html } from "./html.ts";

/** Characters of a value that are shown. */
const VALUE_MAX = 1_100;

/** What a reader of a comparison should not miss: what is newly possible, and what the agent is told before it uses the skill. */
export function notableChanges(from: Version, to: Version, abilities: NewAbilitiesAnswer): Html {
  const fields = changedFields(dataOf(from), dataOf(to));
  return html`${abilityNotice(abilities)} ${fields.length === 0 ? null : fieldTable(fields)}`;
}

function abilityNotice({ found, leftOut }: NewAbilitiesAnswer): Html | null {
  if (found.length === 0) return null;
  return notice(
    "warn",
    html`<strong>Newly possible.</strong> As the files say it; nothing was run.
      <ul>
        ${found.map(
          ({ text, path, line }) =>
            html`<li>${text} ${line === undefined ? null : html`<code>${path}:${line}</code>`}</li>`,
        )}
        ${leftOut === 0 ? null : html`<li>and ${plural(leftOut, "thing")} more</li>`}
      </ul>`,
  );
}

function dataOf({ readme }: Version): Record<string, unknown> {
  return parseFrontmatter(readme, "SKILL.md").frontmatter?.data ?? {};
}

interface Field {
  name: string;
  before: string;
  after: string;
}

function changedFields(before: Record<string, unknown>, after: Record<string, unknown>): Field[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((name) => ({ name, before: shown(before[name]), after: shown(after[name]) }))
    .filter((field) => field.before !== field.after);
}

function shown(value: unknown): string {
  if (value === undefined) return "—";
  return (typeof value === "string" ? value : JSON.stringify(value)).slice(0, VALUE_MAX).toWellFormed();
}

function fieldTable(fields: Field[]): Html {
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Changes of the frontmatter">
    <table class="fields">
      <caption>
        What the agent always reads changed
      </caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        ${fields.map(
          ({ name, before, after }) =>
            html`<tr>
              <th scope="row"><code>${name}</code></th>
              <td>${before}</td>
              <td>${after}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
