import { createHash } from "node:crypto";

/** What stands before the first entry. */
export const FIRST_HASH = "0".repeat(64);

export interface HashedEntry {
  id: number;
  at: string;
  account: string | null;
  action: string;
  subject: string;
  namespace: string | null;
  /** JSON, as it is stored. */
  detail: string;
  address: string;
}

/**
 * Hash of an entry: hex SHA-256 over the JSON array of the hash before it and the entry's fields, in this order.
 * Anybody can compute it from an export of the log (docs/security.md), so it never changes.
 */
export function auditHash(before: string, entry: HashedEntry): string {
  const { id, at, account, action, subject, namespace, detail, address } = entry;
  const fields = [before, id, at, account, action, subject, namespace, detail, address];
  return createHash("sha256").update(JSON.stringify(fields)).digest("hex");
}
