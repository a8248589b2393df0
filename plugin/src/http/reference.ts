import { routes } from "./routes.ts";

/** docs/http-api.md, from the route table. */
export function routeReferenceMarkdown(): string {
  const rows = routes.map((route) => `| \`${route.method} ${route.path}\` | ${route.summary} |`);
  return `# HTTP API

Generated from plugin/src/http/routes.ts. The routes are those of npm's registry protocol; \`:package\` is \`@namespace/skill-name\`, with \`/\` or \`%2f\` in the middle.

| route | what it does |
|---|---|
${rows.join("\n")}

- Callers prove who they are with \`Authorization: Bearer <token>\`. A token that is not valid is answered with 401 on every route but the login.
- An answer with status 400 or above is \`{ error, code, issues, hint }\`: \`error\` is the text npm prints, \`code\` one of [errors.md](errors.md), \`issues\` the findings in a refused skill, each \`{ code, severity, path, line?, message, fix }\`.
- A publish is answered with \`{ ok, id, rev, action, version, previous, warnings }\`; \`action\` is \`created\`, \`updated\` or \`unchanged\`. Sending the same bytes again is \`unchanged\`.
- Packuments carry an \`ETag\` and are revalidated; tarballs are immutable and answer \`Range\`.
- A version document carries \`skill\` (the skill manifest; \`skills\` for a pack), \`skillReport\` (\`warnings\`, and findings the author \`waived\`), and \`dist.signatures\` made with the key of \`/-/npm/v1/keys\`.
- Changes that send a packument back carry its \`_rev\`; one that is not current is answered with 409.
`;
}
