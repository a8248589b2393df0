import { SkillsError } from "@skills-registry/schema";
import { auditLine } from "../registry/audit-line.ts";
import { auditEntries, type AuditMark, verifyAudit } from "../registry/audit-chain.ts";
import type { AuditRecord } from "../store/metadata.ts";
import type { Command, CommandContext, Outcome } from "./command.ts";

/** Who did what. */
export const auditCommands: Command[] = [
  {
    usage: "audit verify",
    summary:
      "Computes the chain of the audit log again, and ends with 1 when an entry is not as it was written.",
    options: {
      expect: {
        value: "id:hash",
        summary: "a head that was noted before: without it a cut-off end cannot be seen",
      },
    },
    run: verify,
  },
  {
    usage: "audit export",
    summary: "Prints the audit log as JSON lines, oldest first.",
    options: {
      namespace: { value: "name", summary: "only entries of this namespace" },
      since: { value: "date", summary: "only entries of this day or time (UTC) and later" },
    },
    run: exportLog,
  },
];

async function verify({ parts, options }: CommandContext): Promise<Outcome> {
  const expected = options["expect"] === undefined ? {} : { expected: parseMark(options["expect"]) };
  const verdict = await verifyAudit(parts.metadata, expected);
  if (!verdict.intact) {
    return {
      text: `the audit log is broken at entry ${verdict.id}: ${verdict.problem}\n`,
      json: verdict,
      failed: true,
    };
  }
  const { count, head } = verdict;
  return { text: `${count} entries, each as it was written\nhead ${head.id}:${head.hash}\n`, json: verdict };
}

const MARK = /^(\d{1,15}):([0-9a-f]{64})$/;

function parseMark(text: string): AuditMark {
  const [, id, hash] = MARK.exec(text) ?? [];
  if (id !== undefined && hash !== undefined) return { id: Number(id), hash };
  throw new SkillsError(
    "EUSAGE",
    "--expect takes what an earlier audit verify printed as the head: <id>:<hash>",
  );
}

async function exportLog({ parts, options, write }: CommandContext): Promise<Outcome> {
  const namespace = options["namespace"]?.replace(/^@/, "");
  const since = options["since"] === undefined ? "" : parseTime(options["since"]);
  for await (const entry of auditEntries(parts.metadata)) {
    if (namespace !== undefined && entry.namespace !== namespace) continue;
    if (entry.at >= since) await write(auditLine(inOrder(entry)));
  }
  return { text: "" };
}

/** The fields as docs/operating.md lists them. */
function inOrder({
  id,
  at,
  account,
  action,
  subject,
  namespace,
  detail,
  address,
  hash,
}: AuditRecord): AuditRecord {
  return { id, at, account, action, subject, namespace, detail, address, hash };
}

const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z?)?$/;

/** ISO, UTC unless it says otherwise. */
function parseTime(text: string): string {
  const time = TIME.test(text) ? new Date(/T.*[^Z]$/.test(text) ? `${text}Z` : text) : new Date(Number.NaN);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new SkillsError("EUSAGE", `--since ${text.slice(0, 40)}: is not a date`, {
    hint: "Write it as 2026-11-22 or 2026-11-22T18:00:00Z.",
  });
}
