import { SkillsError } from "@skills-registry/schema";
import { DatabaseError } from "pg";

/** What PostgreSQL and the connection to it fail with, and what becomes of it. Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html */

/**
 * The connection is of no use any more, or the server cannot write at the moment: it shuts down or crashed (57P), starts (57P03), has no
 * place (53300), ended us for being idle in a transaction (25P03), or has become a standby (25006).
 */
const GONE_CODES = /^(08...|57P0[1-5]|53300|25P0[34]|25006)$/;

/** Two transactions waited for each other, or saw what could not both be true. */
const AGAIN_CODES = /^(40001|40P01)$/;

const IN_FAILED_TRANSACTION = "25P02";
const STATEMENT_TIMEOUT = "57014";
const LOCK_TIMEOUT = "55P03";
/** Disk full, out of memory, too many locks; the server's files are damaged; it or its system failed. */
const RESOURCE_CODES = /^(53...|58...|XX...)$/;

/** What pool.ts says when the registry stops. */
export const CLOSED = "the connections to the database were closed";

/** What pg says when all connections stay in use; it is no fault of any of them. */
const POOL_BUSY = "timeout exceeded when trying to connect";

/** The server answered nothing that counts: whether it did what it was asked is not known. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof SkillsError) return false;
  if (error instanceof DatabaseError) return GONE_CODES.test(error.code ?? "");
  return error instanceof Error && error.message !== POOL_BUSY && error.message !== CLOSED;
}

/** The transaction has done nothing, and may do so when it runs again. */
export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && AGAIN_CODES.test(error.code ?? "");
}

/** The question asks for too much, or too much is asked: another server would answer no better. */
export function isOwnFault(error: unknown): boolean {
  return error instanceof SkillsError || (error instanceof DatabaseError && error.code === STATEMENT_TIMEOUT);
}

/** Says nothing but that an earlier statement failed. */
export function isAftermath(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === IN_FAILED_TRANSACTION;
}

/** For whoever asked the registry: what the store lacks is no fault of theirs. Errors about what was asked itself are passed on. */
export function toStorageError(error: unknown): unknown {
  const message = storageMessage(error);
  return message === undefined ? error : new SkillsError("ESTORAGE", message, { cause: error });
}

function storageMessage(error: unknown): string | undefined {
  if (isConnectionLoss(error)) return "the database cannot be reached";
  if (isConflict(error)) return "the database is too busy: transactions kept on colliding";
  if (error instanceof DatabaseError) {
    const code = error.code ?? "";
    if (code === STATEMENT_TIMEOUT) return "the database took too long";
    if (code === LOCK_TIMEOUT) return "the database stayed locked";
    return RESOURCE_CODES.test(code) ? "the database failed" : undefined;
  }
  if (error instanceof Error && error.message === POOL_BUSY)
    return "all connections to the database are in use";
  return undefined;
}

/** What pg says while it connects, in words for operators. */
const CONNECTING: Record<string, string> = {
  "Connection terminated unexpectedly": "the connection was closed before PostgreSQL answered",
  "Connection terminated due to connection timeout": "nothing answered in time",
};

/** Why a database could not be opened, in one line. A host with several addresses fails with one error for each, and an empty text. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const message = error instanceof Error ? error.message : String(error);
  return CONNECTING[message] ?? message.replaceAll(/\s+/g, " ");
}
