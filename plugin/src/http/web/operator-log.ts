import { printable, SkillsError } from "@skills-registry/schema";
import type { Parts } from "../../registry/parts.ts";
import type { AuditRecord } from "../../store/metadata.ts";
import type { Request } from "../request.ts";
import { ago } from "./format.ts";
import { type Html, html } from "./html.ts";
import { logTable } from "./operator-tables.ts";

/** The audit log on the operator's page. */

const PAGE_SIZE = 50;
/** Characters of one detail: a digest is recognised by its first ones. */
const VALUE_MAX = 32;

export interface LogPage {
  entries: AuditRecord[];
  /** The newest entry; undefined while there is none. */
  head: AuditRecord | undefined;
  /** Whether there are older and newer entries than these. */
  hasOlder: boolean;
  hasNewer: boolean;
}

/** The entries before the one that `before` names, or the newest. Throws EBADREQUEST for a `before` that is no number. */
export async function readLog({ metadata }: Parts, { query }: Request): Promise<LogPage> {
  const before = parseBefore(query.get("before"));
  const found = await metadata.audit({ namespace: null, before, limit: PAGE_SIZE + 1 });
  const [head] = before === null ? found : await metadata.audit({ namespace: null, before: null, limit: 1 });
  const entries = found.slice(0, PAGE_SIZE);
  return { entries, head, hasOlder: found.length > PAGE_SIZE, hasNewer: before !== null };
}

function parseBefore(text: string | null): number | null {
  if (text === null) return null;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new SkillsError("EBADREQUEST", '"before" is not the number of an entry');
}

export function auditLog({ entries, head, hasOlder, hasNewer }: LogPage, now: Date): Html {
  const last = entries.at(-1);
  return html`${
    head === undefined
      ? null
      : html`<p class="muted">
          Head of the log: <code>${head.id}:${head.hash}</code>. Noted elsewhere, it shows with
          <code>skills-registry audit verify --expect</code> whether entries were cut off since.
        </p>`
  }
  ${auditTable(entries, now)}
  ${
    hasOlder || hasNewer
      ? html`<nav class="pager" aria-label="Pages of changes">
          ${hasNewer ? html`<a class="button" href="/operator#audit-title">Newest</a>` : null}
          ${
            hasOlder && last !== undefined
              ? html`<a class="button" rel="next" href="/operator?before=${last.id}#audit-title">Older</a>`
              : null
          }
        </nav>`
      : null
  }`;
}

function auditTable(entries: AuditRecord[], now: Date): Html {
  return logTable(
    "Table of changes",
    ["No.", "When", "Who", "What", "On", "Details", "From"],
    entries.map(
      ({ id, at, account, action, subject, detail, address }) =>
        html`<tr>
          <td>${id}</td>
          <td class="nowrap">${ago(at, now)}</td>
          <td>${account ?? (action.startsWith("admin.") ? "at the server" : "anonymous")}</td>
          <td class="nowrap">${action}</td>
          <td>${printable(subject)}</td>
          <td class="muted">${details(detail)}</td>
          <td class="nowrap">${address}</td>
        </tr>`,
    ),
  );
}

function details(detail: Record<string, unknown>): string {
  const known = Object.entries(detail).filter(([, value]) => value !== null && value !== undefined);
  return known.map(([name, value]) => `${name} ${printable(shortened(value))}`).join(", ");
}

function shortened(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX).toWellFormed()}…`;
}
