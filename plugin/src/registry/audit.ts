import type { AuditEntry, MetadataWriter } from "../store/metadata.ts";
import { type Caller, callerName } from "./caller.ts";

/** Records in the same transaction what the caller did. */
export async function audit(
  tx: MetadataWriter,
  caller: Caller,
  event: Omit<AuditEntry, "account" | "address">,
): Promise<void> {
  await tx.appendAudit({ ...event, account: callerName(caller), address: caller.address });
}
