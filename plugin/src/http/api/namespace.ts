import { type NamespaceAnswer, namespaceAnswer, SEARCH_PAGE_MAX } from "@skills-registry/schema";
import { z } from "zod";
import { namespaceCard } from "../../registry/namespace-card.ts";
import type { Answer } from "../answer.ts";
import { movedNamespace } from "../moved-namespace.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { cursorAfter, readCursor } from "./cursor.ts";
import { document } from "./document.ts";
import { hitFacts } from "./hit-facts.ts";
import { nextLink } from "./next-link.ts";
import { documentOf, operation } from "./operation.ts";
import { wholeNumber } from "./query.ts";

const query = z.strictObject({
  limit: wholeNumber({ min: 1, max: SEARCH_PAGE_MAX }).default(SEARCH_PAGE_MAX).describe("Skills per page."),
  cursor: z.string().optional().describe("`next` of the page before."),
});

export const namespaceOperation = operation({
  id: "getNamespace",
  method: "GET",
  path: "/api/namespaces/:namespace",
  summary: "A namespace: its skills by name, its members, and what use is made of it.",
  needs: "public",
  query,
  answers: [documentOf(namespaceAnswer, "The namespace, with one page of its skills.")],
  errors: ["ENOTFOUND"],
  handle: getNamespace,
});

async function getNamespace(
  services: Services,
  request: Request,
  { limit, cursor }: z.infer<typeof query>,
): Promise<Answer> {
  // People paste names as npm writes them.
  const namespace = (request.params["namespace"] ?? "").replace(/^@/, "");
  const moved = await movedNamespace(services, namespace, (name) => `/api/namespaces/${name}`);
  if (moved !== undefined) return moved;
  const question = ["namespace", namespace];
  const from = readCursor(question, cursor);
  const card = await namespaceCard(services.parts, request.caller, { namespace, from, size: limit });
  const { total, hits } = card.skills;
  const next = cursorAfter(question, { from, shown: hits.length, total });
  const answer: NamespaceAnswer = { ...card, total, skills: hits.map(hitFacts), next };
  return document(answer, nextLink(request, next));
}
