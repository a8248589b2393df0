import type { Logger } from "@verdaccio/types";
import type { Report } from "../http/gate.ts";
import type { Services } from "../http/services.ts";
import { reasonOf } from "../observe/reason.ts";

/** One line for each request, at the level `http`; our own faults with their cause, as errors. */
export function logReport(logger: Logger, { parts }: Services, report: Report): void {
  const { error, ...fields } = report;
  const line = { ...fields, node: parts.config.node };
  if (error === undefined) {
    logger.http(line, "@{method} @{route}: @{status} in @{durationMs} ms (request @{requestId})");
    return;
  }
  logger.error(
    { ...line, cause: causeOf(error) },
    "@{method} @{route} failed (request @{requestId}): @{cause}",
  );
}

/** What stores say to users, and where it comes from. */
function causeOf(error: Error): string {
  const { cause } = error;
  if (cause === undefined) return error.message;
  return `${error.message}: ${cause instanceof Error ? (cause.stack ?? cause.message) : reasonOf(cause)}`;
}

/** Lines that no request of the host is behind, those included that came before it had a logger. */
export function writeNotices(logger: Logger, { parts, observer }: Services): void {
  observer.log.attach((text, fields) => logger.warn({ ...fields, node: parts.config.node, text }, "@{text}"));
}
