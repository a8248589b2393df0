import { createHash } from "node:crypto";
import { SkillsError } from "@skills-registry/schema";
import type { Kysely } from "kysely";
import type { Pool } from "pg";
import type { Scope } from "../../metadata.ts";
import type { Database } from "../schema.ts";
import { databaseOver } from "./dialect.ts";
import { isAftermath, isConflict, isConnectionLoss, toStorageError } from "./failures.ts";
import { Link } from "./link.ts";
import { LOCKS } from "./locks.ts";
import { outcomeOf, type Outcome, THIS_RUN, type TransactionId } from "./outcome.ts";
import { pause, PATIENCE_MS } from "./patience.ts";

type Work<T> = (tx: Kysely<Database>) => Promise<T>;

/** What became of one attempt. `again`: nothing was written, and the next one may succeed. */
type Attempt<T> = { result: T } | { again: unknown };

/**
 * Runs `work` in a transaction that is serialised as the port says, again when it collided with another one or its connection was lost.
 * READ COMMITTED: what it decides by is kept still by the locks, and each statement sees what was committed before the locks were given.
 */
export async function inTransaction<T>(pool: Pool, scope: Scope | undefined, work: Work<T>): Promise<T> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const attempt = await attempted(pool, scope, work);
    if ("result" in attempt) return attempt.result;
    if (performance.now() > giveUpAt) throw toStorageError(attempt.again);
    await pause();
  }
}

async function attempted<T>(pool: Pool, scope: Scope | undefined, work: Work<T>): Promise<Attempt<T>> {
  let link: Link;
  try {
    link = await Link.take(pool);
  } catch (error) {
    if (isConnectionLoss(error)) return { again: error };
    throw toStorageError(error);
  }
  const begun = begin(link, scope);
  // Its failure is the link's, and is looked at when the work has ended.
  begun.catch(() => undefined);
  let done: { id: TransactionId; result: T };
  try {
    const result = await work(databaseOver(link));
    done = { id: await begun, result };
    if (link.failure !== undefined) throw link.failure;
  } catch (error) {
    const { failure } = link;
    await rollback(link);
    return afterFailure(failure, error);
  }
  return await commit(pool, link, done);
}

/** One message: the answer is waited for with that of the first statement. */
async function begin(link: Link, scope: Scope | undefined): Promise<TransactionId> {
  const locks =
    scope === undefined
      ? `select pg_advisory_xact_lock(${LOCKS.everything})`
      : `select pg_advisory_xact_lock_shared(${LOCKS.everything}); select pg_advisory_xact_lock(${keyOf(scope)})`;
  const id = `select pg_current_xact_id()::text as id, ${THIS_RUN} as server`;
  const { rows } = await link.run(`begin; ${locks}; ${id}`);
  const [row] = rows;
  return { id: String(row?.["id"]), server: String(row?.["server"]) };
}

/** Advisory locks with one number of 64 bits and those with two of 32 never meet. */
function keyOf(scope: Scope): string {
  const hash = createHash("sha256").update(scope).digest();
  return `${LOCKS.scopes}, ${hash.readInt32BE(0)}`;
}

/** A connection that cannot even do that is closed, which ends the transaction, too. */
async function rollback(link: Link): Promise<void> {
  const isDone = await link.finish("rollback").then(
    () => true,
    () => false,
  );
  link.release({ discard: !isDone });
}

function afterFailure<T>(failure: unknown, thrown: unknown): Attempt<T> {
  if (failure === undefined) throw thrown;
  if (isConnectionLoss(failure) || isConflict(failure)) return { again: failure };
  // The work's own error says more, unless it is about nothing but an earlier one.
  throw toStorageError(isAftermath(thrown) ? failure : thrown);
}

async function commit<T>(
  pool: Pool,
  link: Link,
  { id, result }: { id: TransactionId; result: T },
): Promise<Attempt<T>> {
  try {
    const { command } = await link.finish("commit");
    link.release();
    if (command === "COMMIT") return { result };
  } catch (error) {
    link.release({ discard: true });
    if (isConflict(error)) return { again: error };
    if (!isConnectionLoss(error)) throw toStorageError(error);
    return after(await outcomeOf(pool, id), error, result);
  }
  // A failed statement that the work took for none: the server rolled back.
  const failure = link.failure ?? new Error("the database rolled the transaction back");
  return afterFailure(failure, failure);
}

function after<T>(outcome: Outcome, lost: unknown, result: T): Attempt<T> {
  if (outcome === "committed") return { result };
  if (outcome === "aborted") return { again: lost };
  throw new SkillsError(
    "ESTORAGE",
    "the connection to the database was lost at the end: the change may have been made, or not",
    { cause: lost },
  );
}
