import type { ErrorCode } from "@skills-registry/schema";
import { COMMON_ERRORS } from "./api/openapi.ts";
import type { Operation } from "./api/operation.ts";
import { operations } from "./api/operations.ts";
import { PATH_PARAMETERS } from "./api/path-parameters.ts";
import { typeOf } from "./api/schema-text.ts";
import { parameterSchema, schemaName } from "./api/schemas.ts";
import type { Door, Route } from "./route.ts";
import { routes } from "./routes.ts";

/** docs/http-api.md, from the route table and the operations of the REST API. */
export function routeReferenceMarkdown(): string {
  return `# HTTP API

Generated from plugin/src/http/routes.ts.

- Callers prove who they are with \`Authorization: Bearer <token>\`. A token that is not valid is answered with 401 on every route but the login.
- An answer with status 400 or above is \`{ error, code, issues, hint }\`: \`error\` is the text npm prints, \`code\` one of [errors.md](errors.md), \`issues\` the findings in a refused skill, each \`{ code, severity, path, line?, message, fix }\`. Under \`/api\` it is \`application/problem+json\` with the members of RFC 9457 beside them.
- A method that an address does not take is answered with 405 and \`Allow\`.

## npm's registry protocol

\`:package\` is \`@namespace/skill-name\`, with \`/\` or \`%2f\` in the middle.

${routeTable("npm")}

- A publish is answered with \`{ ok, id, rev, action, version, previous, warnings }\`; \`action\` is \`created\`, \`updated\` or \`unchanged\`. Sending the same bytes again is \`unchanged\`.
- Packuments carry an \`ETag\` and are revalidated; tarballs are immutable and answer \`Range\`.
- A version document carries \`skill\` (the skill manifest; \`skills\` for a pack), \`skillReport\` (\`warnings\`, and findings the author \`waived\`), and \`dist.signatures\` made with the key of \`/-/npm/v1/keys\`.
- Changes that send a packument back carry its \`_rev\`; one that is not current is answered with 409.

## REST API

The fields of every answer are in the OpenAPI 3.1 document at \`/api/openapi.json\`, and on the page \`/api\`. \`/api/v1/\` and \`/api/search\` are left to the protocols of other clients.

- JSON that can be read carries an \`ETag\`: sent back as \`If-None-Match\`, it is answered with 304 while nothing changed.
- Pages of results carry \`next\`, and the same as a \`Link\` header with \`rel="next"\`. The cursor belongs to one query.
- A parameter that is unknown, given twice or out of bounds is 400 and named.
- \`RateLimit\` and \`RateLimit-Policy\` tell how many requests are left; after too many, \`Retry-After\` tells how long to wait.
- Pages of other origins may use it where \`skills.origins\` in the configuration names them. Cookies prove nothing here.
- Every operation may refuse with ${listOf(COMMON_ERRORS)}.

| part of a path | meaning |
|---|---|
${rows(Object.entries(PATH_PARAMETERS).map(([name, meaning]) => [`\`${name}\``, meaning]))}

${operations.map(operationMarkdown).join("\n\n")}

## Pages

For people, in HTML. Whoever logged in there is known by the cookie \`skills-session\`; forms are taken from pages of the registry itself only.

${routeTable("web")}

## Probes

For the machines that watch the registry; [operating.md](operating.md) says how. They need no login, ask no store who is asking, and are not counted.

${routeTable("probe")}
`;
}

function routeTable(door: Door): string {
  const listed: Route[] = routes.filter((route) => route.door === door);
  return `| route | what it does |\n|---|---|\n${rows(listed.map(({ method, path, summary }) => [`\`${method} ${path}\``, summary]))}`;
}

function operationMarkdown(described: Operation): string {
  const { method, path, summary, needs, query, body, answers, errors = [] } = described;
  const parameters = Object.entries(query.shape).map(([name, field]) => {
    const { description, ...schema } = parameterSchema(field);
    return `- \`?${name}=\` ${typeOf(schema)}. ${typeof description === "string" ? description : ""}`;
  });
  return [
    `### \`${method} ${path}\``,
    "",
    `${summary}${NEEDS[needs]}`,
    "",
    ...parameters,
    ...(body === undefined ? [] : [`- Body: ${body.types.join(", ")}. ${body.description}`]),
    ...answers.map(({ status, description, schema }) => {
      return `- ${status}: ${description}${schema === undefined ? "" : ` \`${schemaName(schema)}\`.`}`;
    }),
    ...(errors.length === 0 ? [] : [`- Refused with ${listOf(errors)}.`]),
  ].join("\n");
}

const NEEDS: Record<Operation["needs"], string> = {
  public: "",
  read: "",
  star: " Needs a login.",
  account: " Needs a login.",
  manage: " Needs a login, by a token without limits.",
  publish: " Needs the right to publish the skill.",
  administer: " Needs the right to administer the skill.",
  belong: " Needs a role in the namespace.",
  govern: " Needs to be an owner of the namespace.",
};

function listOf(codes: ErrorCode[]): string {
  return [...new Set(codes)].map((code) => `\`${code}\``).join(", ");
}

/** A pipe would end the cell. */
function rows(cells: string[][]): string {
  return cells.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}
