import type { AuditEntry, MetadataWriter } from "../store/metadata.ts";
import { type Caller, callerName } from "./caller.ts";

/** Records in the same transaction what the caller did. */
export async function audit(
  tx: MetadataWriter,
  caller: Caller,
  event: Omit<AuditEntry, "account" | "address" | "namespace"> & { namespace?: string },
): Promise<void> {
  const namespace = event.namespace ?? namespaceOf(event.subject);
  await tx.appendAudit({ ...event, namespace, account: callerName(caller), address: caller.address });
}

/** Of what happened to a skill; null for what happened to an account, unless it is said. */
function namespaceOf(subject: string): string | null {
  return /^@([^/]+)\//.exec(subject)?.[1] ?? null;
}
