import { createHash } from "node:crypto";
import { type RevisionsAnswer, revisionsAnswer } from "@skills-registry/schema";
import { z } from "zod";
import { requireNamespace } from "../../registry/namespace-card.ts";
import { readableNames } from "../../registry/readable.ts";
import type { Package } from "../../store/metadata.ts";
import type { Answer } from "../answer.ts";
import { movedNamespace } from "../moved-namespace.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { cursorAt, readPosition } from "./cursor.ts";
import { document } from "./document.ts";
import { nextLink } from "./next-link.ts";
import { documentOf, operation } from "./operation.ts";
import { wholeNumber } from "./query.ts";

/** Entries of one page: some 100 KB. */
const PAGE_MAX = 1_000;

const query = z.strictObject({
  limit: wholeNumber({ min: 1, max: PAGE_MAX }).default(PAGE_MAX).describe("Skills per page."),
  cursor: z.string().optional().describe("`next` of the page before."),
});

/** What another registry that mirrors the namespace asks again and again: with an etag the answer is 304 while nothing changed. */
export const revisionsOperation = operation({
  id: "listRevisions",
  method: "GET",
  path: "/api/namespaces/:namespace/revisions",
  summary:
    "All skills of a namespace that the caller may read, with the number of their last change: what a mirror follows.",
  needs: "public",
  query,
  answers: [documentOf(revisionsAnswer, "One page of the list.")],
  errors: ["ENOTFOUND"],
  handle: listRevisions,
});

async function listRevisions(
  services: Services,
  request: Request,
  { limit, cursor }: z.infer<typeof query>,
): Promise<Answer> {
  const { metadata } = services.parts;
  // People paste names as npm writes them.
  const asked = (request.params["namespace"] ?? "").replace(/^@/, "");
  const moved = await movedNamespace(services, asked, (name) => `/api/namespaces/${name}/revisions`);
  if (moved !== undefined) return moved;
  const { name: namespace } = await requireNamespace(services.parts, asked);
  const question = ["revisions", namespace];
  const after = readPosition(question, cursor) ?? 0;
  const readable = new Set(await readableNames(services.parts, request.caller));
  // By id: what is published while somebody pages comes behind all that was there.
  const all = (await metadata.livePackagesIn(namespace))
    .filter(
      ({ name, visibility }) => visibility === "public" || readable.has(namespace) || readable.has(name),
    )
    .toSorted((one, other) => one.id - other.id);
  const found = all.filter(({ id }) => id > after);
  const shown = found.slice(0, limit);
  const next = cursorAt(question, found.length > limit ? shown.at(-1)?.id : undefined);
  const answer: RevisionsAnswer = {
    skills: shown.map(({ name, rev, visibility }) => ({ name, rev: String(rev), visibility })),
    state: stateOf(all),
    next,
  };
  return document(answer, nextLink(request, next));
}

/** With it in every page, the etag of the first one stands for all of them. */
function stateOf(packages: Package[]): string {
  const hash = createHash("sha256");
  for (const { name, rev } of packages) hash.update(`${name} ${rev}\n`);
  return hash.digest("base64url");
}
