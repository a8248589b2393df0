import { auditHash, FIRST_HASH } from "../store/audit-hash.ts";
import type { AuditRecord, MetadataReader } from "../store/metadata.ts";

/** Entries read at a time: some hundred KB. */
const BATCH = 500;

/** An entry that somebody noted, by its id and hash. */
export interface AuditMark {
  id: number;
  hash: string;
}

export type AuditVerdict =
  | { intact: true; count: number; head: AuditMark }
  /** `id`: the first entry that is not as it was written. */
  | { intact: false; id: number; problem: string };

/**
 * Goes through the audit log and computes every hash again. An entry that was changed, moved, put in or taken out breaks the chain
 * there. Whoever can write to the database can write the whole chain anew, or cut off its end: only a head that was noted
 * elsewhere, `expected`, shows that.
 */
export async function verifyAudit(
  metadata: Pick<MetadataReader, "auditAfter">,
  { expected }: { expected?: AuditMark } = {},
): Promise<AuditVerdict> {
  let head: AuditMark = { id: 0, hash: FIRST_HASH };
  for await (const entry of auditEntries(metadata)) {
    const problem = problemOf(entry, head, expected);
    if (problem !== undefined) return { intact: false, ...problem };
    head = { id: entry.id, hash: entry.hash };
  }
  if (expected !== undefined && head.id < expected.id) {
    const problem = `it is missing, like every one after it: the end of the log was cut off`;
    return { intact: false, id: head.id + 1, problem };
  }
  return { intact: true, count: head.id, head };
}

/** The whole log, oldest first, in pages: a slow reader holds nothing up. */
export async function* auditEntries(
  metadata: Pick<MetadataReader, "auditAfter">,
): AsyncIterable<AuditRecord> {
  let after = 0;
  for (;;) {
    const batch = await metadata.auditAfter(after, BATCH);
    yield* batch;
    const last = batch.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

function problemOf(
  entry: AuditRecord,
  before: AuditMark,
  expected: AuditMark | undefined,
): { id: number; problem: string } | undefined {
  const id = before.id + 1;
  if (entry.id !== id) return { id, problem: "it is missing" };
  const detail = JSON.stringify(entry.detail);
  if (auditHash(before.hash, { ...entry, detail }) !== entry.hash) {
    return { id, problem: "it is not what was written there: it was changed, or is in another's place" };
  }
  if (expected?.id === id && expected.hash !== entry.hash) {
    return { id, problem: "its hash is not the expected one: the log was written anew" };
  }
  return undefined;
}
