import { ERROR_TABLE } from "@skills-registry/schema";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import { command } from "../web/components.ts";
import { type Html, html } from "../web/html.ts";
import { page } from "../web/layout.ts";
import { COMMON_ERRORS } from "./openapi.ts";
import type { Operation } from "./operation.ts";
import { PATH_PARAMETERS } from "./path-parameters.ts";
import { codeLinks, operationSection, shortPath } from "./reference-operation.ts";
import { referenceTable } from "./reference-table.ts";
import { fieldsOf } from "./schema-text.ts";
import { schemaComponents } from "./schemas.ts";

/** `GET /api`: what openapi.json says, for people. */
export function referencePage(operations: Operation[], request: Request): Answer {
  return page(request, {
    title: "REST API",
    description: "Every operation of this registry's REST API: parameters, answers, errors.",
    body: html`<div class="reference">
      ${contents(operations)}
      <div class="reference-body">
        <h1>REST API</h1>
        <p class="lead">
          Search, look into, publish and like skills with any HTTP client. For machines there is the same as
          an OpenAPI 3.1 document: <a href="/api/openapi.json">openapi.json</a>.
        </p>
        ${command(`curl "${request.baseUrl}/api/skills?q=contract+review"`)} ${customs()}
        <h2 id="operations">Operations</h2>
        ${operations.map(operationSection)}
        <h2 id="documents">Documents</h2>
        <p>
          A field with a question mark may be missing. Documents may get more fields: leave room for them.
        </p>
        ${Object.entries(schemaComponents()).map(([name, schema]) => documentSection(name, schema))}
        ${errorSection()}
      </div>
    </div>`,
  });
}

function contents(operations: Operation[]): Html {
  return html`<nav class="reference-contents" aria-label="On this page">
    <h2><a href="#operations">Operations</a></h2>
    <ul>
      ${operations.map(
        ({ id, method, path }) =>
          html`<li>
            <a href="#${id}"><span class="method">${method}</span> <code>${shortPath(path)}</code></a>
          </li>`,
      )}
    </ul>
    <h2><a href="#documents">Documents</a></h2>
    <h2><a href="#errors">Errors</a></h2>
  </nav>`;
}

/** What all operations share. */
function customs(): Html {
  return html`<ul class="reference-customs">
      <li>
        Reading takes no login. What needs one takes <code>Authorization: Bearer &lt;token&gt;</code>, with a
        token of <code>skills login</code> or <code>npm login</code>.
      </li>
      <li>
        Send the <code>ETag</code> of what you have as <code>If-None-Match</code>: the answer is 304 while it
        is the same.
      </li>
      <li>
        <code>RateLimit</code> headers tell how many requests are left; after too many,
        <code>Retry-After</code> tells how long to wait.
      </li>
      <li>Every operation may refuse with ${codeLinks(COMMON_ERRORS)}.</li>
    </ul>
    ${referenceTable({
      label: "Parts of an address",
      head: ["Part of an address", "Meaning"],
      rows: Object.entries(PATH_PARAMETERS).map(([name, meaning]) => [`{${name}}`, meaning]),
    })}`;
}

function documentSection(name: string, schema: Record<string, unknown>): Html {
  return html`<section class="reference-section" aria-labelledby="schema-${name}">
    <h3 id="schema-${name}">${name}</h3>
    ${referenceTable({ label: `Fields of ${name}`, head: ["Field", "Value", "Meaning"], rows: fieldsOf(schema) })}
  </section>`;
}

function errorSection(): Html {
  const codes = Object.entries(ERROR_TABLE).flatMap(([code, rule]) =>
    "status" in rule ? [{ code, ...rule }] : [],
  );
  return html`<h2 id="errors">Errors</h2>
    <p>
      Refusals are problem details (RFC 9457), sent as <code>application/problem+json</code>: a
      <a href="#schema-Problem">Problem</a>.
    </p>
    <dl class="reference-errors">
      ${codes.map(
        ({ code, status, summary, hint }) =>
          html`<div id="${code}">
            <dt><code>${code}</code> <span class="badge badge-plain">${status}</span></dt>
            <dd>${summary} ${hint}</dd>
          </div>`,
      )}
    </dl>`;
}
