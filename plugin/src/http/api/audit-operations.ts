import { type AuditAnswer, type AuditEntryAnswer, auditAnswer } from "@skills-registry/schema";
import { z } from "zod";
import { auditLine } from "../../registry/audit-line.ts";
import type { Permission } from "../../registry/authorize.ts";
import type { AuditRecord } from "../../store/metadata.ts";
import { type Answer, bytes } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { cursorAt, readPosition } from "./cursor.ts";
import { nextLink } from "./next-link.ts";
import type { Operation } from "./operation.ts";
import { document } from "./document.ts";
import { readQuery, wholeNumber } from "./query.ts";

/** Entries of one page: some 300 KB. */
const PAGE_MAX = 1_000;
const PAGE = 100;

const JSON_LINES = "application/jsonl";
/** It tells of people: no cache keeps it. */
const PRIVATE = { "cache-control": "private, no-store" };

const query = z.strictObject({
  namespace: z
    .string()
    .max(100)
    .optional()
    .describe("Only entries of this namespace; whoever is no operator has to name one they own."),
  limit: wholeNumber({ min: 1, max: PAGE_MAX }).default(PAGE).describe("Entries per page."),
  cursor: z.string().optional().describe("`next` of the page before."),
  format: z.enum(["json", "jsonl"]).default("json").describe("`jsonl`: one entry on each line."),
});

const described = {
  method: "GET",
  path: "/api/audit",
  summary: "Who did what, newest first: for operators all of it, for owners that of their namespace.",
} as const;

export const auditOperations: Operation[] = [
  {
    ...described,
    id: "listAudit",
    needs: "govern",
    query,
    answers: [
      {
        status: 200,
        description: "One page of the log; as lines, the next one is in the Link header.",
        types: ["application/json", JSON_LINES],
        schema: auditAnswer,
      },
    ],
    errors: ["ESKILLSCOPE", "ESKILLMOVED"],
    route: { ...described, door: "api", needs: permission, handle: listAudit },
  },
];

/** Operators see all of it, in whosever namespace. */
function permission({ query: asked, caller }: Request): Permission {
  const namespace = namespaceOf(asked.get("namespace"));
  return namespace === null || caller.operator ? { action: "operate" } : { action: "govern", namespace };
}

/** People paste names as npm writes them. */
function namespaceOf(text: string | null | undefined): string | null {
  return text?.replace(/^@/, "") ?? null;
}

async function listAudit({ parts }: Services, request: Request): Promise<Answer> {
  const { limit, cursor, format, ...asked } = readQuery(query, request.query);
  const namespace = namespaceOf(asked.namespace);
  const question = ["audit", namespace ?? ""];
  const before = readPosition(question, cursor) ?? null;
  const found = await parts.metadata.audit({ namespace, before, limit: limit + 1 });
  const shown = found.slice(0, limit);
  const entries = shown.map((record) => entryFor(record, request.caller.operator));
  const next = cursorAt(question, found.length > limit ? shown.at(-1)?.id : undefined);
  const headers = { ...PRIVATE, ...nextLink(request, next) };
  if (format === "jsonl") {
    const lines = entries.map(auditLine).join("");
    return bytes(200, Buffer.from(lines), { ...headers, "content-type": JSON_LINES });
  }
  const answer: AuditAnswer = { entries, next };
  return document(answer, headers);
}

/** Owners learn who did what, not where they were; the hash would tell whoever tries all addresses. */
function entryFor(record: AuditRecord, operator: boolean): AuditEntryAnswer {
  const { id, at, account, action, subject, namespace, detail, address, hash } = record;
  const shown = { id, at, account, action, subject, namespace, detail };
  return operator ? { ...shown, address, hash } : { ...shown, address: null, hash: null };
}
