import type { ErrorCode } from "@skills-registry/schema";
import { badge } from "../web/components.ts";
import { type Html, html, raw } from "../web/html.ts";
import type { Operation, OperationAnswer } from "./operation.ts";
import { inlineCode, referenceTable } from "./reference-table.ts";
import { typeOf } from "./schema-text.ts";
import { parameterSchema, schemaName } from "./schemas.ts";

/** One operation on the page `/api`. */
export function operationSection(described: Operation): Html {
  const { id, method, path, summary, needs, body, answers, errors = [] } = described;
  const who = NEEDS[needs];
  return html`<section class="reference-section" aria-labelledby="${id}">
    <h3 id="${id}">
      <span class="method">${method}</span> <code>${breakable(templateOf(path))}</code>
      ${who === undefined ? null : badge(who, "accent")}
    </h3>
    <p>${inlineCode(summary)}</p>
    ${queryTable(described)}
    <ul>
      ${body === undefined ? null : html`<li>Body: <code>${body.types.join(", ")}</code>. ${body.description}</li>`}
      ${answers.map(answerItem)}
      ${errors.length === 0 ? null : html`<li>Refused with ${codeLinks(errors)}.</li>`}
    </ul>
  </section>`;
}

const NEEDS: Partial<Record<Operation["needs"], string>> = {
  account: "login",
  star: "login",
  publish: "publisher",
  administer: "owner",
  belong: "member",
  govern: "owner",
};

/** `/api/skills/{namespace}/{skill}`, as OpenAPI writes it. */
function templateOf(path: string): string {
  return path.replaceAll(/[:*](\w+)/g, "{$1}");
}

/** What tells an operation from the others. */
export function shortPath(path: string): string {
  return templateOf(path)
    .replace(/^\/api/, "")
    .replace("{namespace}/{skill}", "…");
}

/** A long path may break after a slash. */
function breakable(path: string): Html[] {
  return path.split(/(?<=\/)/).flatMap((part) => [html`${part}`, raw("<wbr>")]);
}

export function codeLinks(codes: ErrorCode[]): Html {
  return html`${codes.map((code, index) => html`${index === 0 ? "" : ", "}<a href="#${code}"><code>${code}</code></a>`)}`;
}

function queryTable({ id, query }: Operation): Html | null {
  const rows = Object.entries(query.shape).map(([name, field]) => {
    const { description, ...schema } = parameterSchema(field);
    return [name, typeOf(schema), typeof description === "string" ? description : ""];
  });
  return rows.length === 0
    ? null
    : referenceTable({ label: `Parameters of ${id}`, head: ["Parameter", "Value", "Meaning"], rows });
}

function answerItem({ status, description, types, schema }: OperationAnswer): Html {
  const holds =
    schema === undefined
      ? html`<code>${types.join(", ")}</code>`
      : html`<a href="#schema-${schemaName(schema)}">${schemaName(schema)}</a>`;
  return html`<li><strong>${status}</strong> ${inlineCode(description)} ${holds}</li>`;
}
