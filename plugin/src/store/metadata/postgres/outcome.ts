import type { Pool } from "pg";
import { z } from "zod";
import { withLink } from "./dialect.ts";
import { pause, patiently, PATIENCE_MS } from "./patience.ts";

export interface TransactionId {
  /** pg_current_xact_id */
  id: string;
  /** `THIS_RUN` */
  server: string;
}

/**
 * One run of the server: after a crash it may give the same numbers to other transactions. When only one of its processes was killed, the
 * time of its start stays, and that of its statistics, which it throws away then, is another.
 */
export const THIS_RUN = "concat(pg_postmaster_start_time(), ' ', pg_stat_get_bgwriter_stat_reset_time())";

export type Outcome = "committed" | "aborted" | "unknown";

const row = z.object({ server: z.string(), status: z.string().nullable() });

/** What became of a transaction whose commit was sent and not answered. */
export async function outcomeOf(pool: Pool, { id, server }: TransactionId): Promise<Outcome> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (performance.now() < giveUpAt) {
    const asked = await statusOf(pool, id).catch(() => undefined);
    if (asked === undefined || asked.server !== server) return "unknown";
    if (asked.status === "committed" || asked.status === "aborted") return asked.status;
    // The server has not noticed yet, or is still writing.
    await pause();
  }
  return "unknown";
}

async function statusOf(pool: Pool, id: string): Promise<z.infer<typeof row>> {
  const question = `select ${THIS_RUN} as server, pg_xact_status('${id}') as status`;
  const { rows } = await patiently(async () => await withLink(pool, (link) => link.run(question)));
  return row.parse(rows[0]);
}
