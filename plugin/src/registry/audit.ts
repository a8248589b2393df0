import type { AuditEntry, MetadataWriter } from "../store/metadata.ts";
import { type Caller, callerName } from "./caller.ts";

/** What happened, without what the caller says of it. */
export type AuditEvent = Omit<AuditEntry, "account" | "address" | "namespace"> & { namespace?: string };

/**
 * Records in the same transaction what the caller did. It is the last thing that a transaction with a scope does: from here on it
 * keeps all others from their entries, and must not wait for what they hold.
 */
export async function audit(tx: MetadataWriter, caller: Caller, event: AuditEvent): Promise<void> {
  const namespace = event.namespace ?? namespaceOf(event.subject);
  await tx.appendAudit({ ...event, namespace, account: callerName(caller), address: caller.address });
}

/** Of what happened to a skill; null for what happened to an account, unless it is said. */
function namespaceOf(subject: string): string | null {
  return /^@([^/]+)\//.exec(subject)?.[1] ?? null;
}
