/** Errors of the network and of servers that start, stop or are overrun: the same question may be answered some seconds later. */
const OUTAGE_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
  // PostgreSQL: starting, shutting down, crashed; too many connections.
  "57P01",
  "57P02",
  "57P03",
  "53300",
]);

/** Errors of the AWS SDK that say the same. */
const OUTAGE_NAMES = new Set(["TimeoutError", "NetworkingError", "ServiceUnavailable", "SlowDown"]);

/** Says the same of a store whose library has no such code: the cause of an adapter's error. */
export class Outage extends Error {}

/** Whether an error, or what caused it, says that a database or bucket is not there at the moment. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof Outage || OUTAGE_NAMES.has(error.name)) return true;
  if ("code" in error && typeof error.code === "string" && OUTAGE_CODES.has(error.code)) return true;
  // Where containers start together, the name of one is known when it runs. The registry has errors of the same code.
  if ("syscall" in error && error.syscall === "getaddrinfo") return true;
  // Several addresses of one host were tried.
  if (error instanceof AggregateError && error.errors.some(isOutage)) return true;
  return isOutage(error.cause);
}
