import type { MetadataWriter } from "../store/metadata.ts";
import { audit } from "../registry/audit.ts";
import type { CommandContext } from "./command.ts";

interface Act {
  /** Behind `admin.` in the log. */
  action: string;
  subject: string;
  detail?: Record<string, unknown>;
  /** Whose owners see the entry. */
  namespace?: string;
}

/** Does the work in one transaction, and records who did it in the same. */
export async function audited<T>(
  { parts, caller, by }: CommandContext,
  { action, subject, detail = {}, namespace }: Act,
  work: (tx: MetadataWriter, at: string) => Promise<T>,
): Promise<T> {
  const at = parts.now().toISOString();
  return await parts.metadata.transaction(async (tx) => {
    const done = await work(tx, at);
    await audit(tx, caller, {
      at,
      action: `admin.${action}`,
      subject,
      detail: { by, ...detail },
      ...(namespace === undefined ? {} : { namespace }),
    });
    return done;
  });
}
