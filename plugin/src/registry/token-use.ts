import type { Token } from "../store/identity.ts";
import type { Parts } from "./parts.ts";

/** Uses are in memory only for this long: a crash loses no more than these. */
const FLUSH_MS = 60_000;
/** How exact the time is: a busy token is written down once in this time, however many requests it makes. */
const PRECISION_MS = 5 * 60_000;
/** Tokens kept while the storage fails, some 10 MB; the uses of others are not written down then. */
const PENDING_MAX = 100_000;

/** Remembers when tokens are used, and writes it down now and then: a read must not wait for a write. */
export interface TokenUse {
  note(token: Token): void;
  /** How many uses are not written down yet. */
  pending(): number;
  /** Writes down what is not written yet. */
  close(): Promise<void>;
}

interface Options {
  /** Told of a write that failed; what it held is written with the next one. */
  failed: (error: unknown) => void;
  flushMs?: number;
}

export function tokenUse(
  { metadata, now }: Pick<Parts, "metadata" | "now">,
  { failed, flushMs = FLUSH_MS }: Options,
): TokenUse {
  const pending = new Map<string, string>();
  let last: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const uses = Array.from(pending, ([id, at]) => ({ id, at }));
    if (uses.length === 0) return;
    await metadata.transaction((tx) => tx.setTokensUsed(uses), "tokens");
    for (const { id, at } of uses) {
      if (pending.get(id) === at) pending.delete(id);
    }
  }

  /** One after the other: a slow write must not be overtaken by an older time. */
  function writeInTurn(): Promise<void> {
    const done = last.then(write);
    last = done.catch(() => undefined);
    return done;
  }

  const timer = setInterval(() => void writeInTurn().catch(failed), flushMs).unref();
  return {
    note({ id, lastUsedAt }) {
      const at = now();
      if (lastUsedAt !== null && at.getTime() - Date.parse(lastUsedAt) < PRECISION_MS) return;
      if (pending.has(id) || pending.size < PENDING_MAX) pending.set(id, at.toISOString());
    },
    pending: () => pending.size,
    async close() {
      clearInterval(timer);
      await writeInTurn();
    },
  };
}
