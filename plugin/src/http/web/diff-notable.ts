import { parseFrontmatter } from "@skills-registry/schema";
import type { FileChange } from "../../registry/diff.ts";
import type { Version } from "../../store/metadata.ts";
import { notice } from "./components.ts";
import { type Html, html } from "./html.ts";

const SCRIPT = /(^|\/)scripts\//;
/** Characters of a value that are shown. */
const VALUE_MAX = 1_100;

/** What a reader of a comparison should not miss: scripts, dependencies, and what the agent is told before it uses the skill. */
export function notableChanges(from: Version, to: Version, files: FileChange[]): Html {
  const fields = changedFields(dataOf(from), dataOf(to));
  return html`${scriptNotice(files)} ${dependencyNotice(from, to)}
  ${fields.length === 0 ? null : fieldTable(fields)}`;
}

function scriptNotice(files: FileChange[]): Html | null {
  const scripts = files.filter(({ path, status }) => SCRIPT.test(path) && status !== "removed");
  if (scripts.length === 0) return null;
  return notice(
    "warn",
    html`<strong>Scripts changed.</strong> An agent may run them:
      ${scripts.map(({ path, status }, index) => html`${index === 0 ? "" : ", "}<code>${path}</code> (${status})`)}.`,
  );
}

function dependencyNotice(from: Version, to: Version): Html | null {
  const before = namesOf(from.manifest["dependencies"]);
  const added = namesOf(to.manifest["dependencies"]).filter((name) => !before.includes(name));
  if (added.length === 0) return null;
  return notice("warn", html`<strong>New dependencies:</strong> ${added.join(", ")}.`);
}

function namesOf(dependencies: unknown): string[] {
  return typeof dependencies === "object" && dependencies !== null ? Object.keys(dependencies) : [];
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
