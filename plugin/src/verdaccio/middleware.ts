import { randomUUID } from "node:crypto";
import type { Logger } from "@verdaccio/types";
import { gate, refuse, type Report } from "../http/gate.ts";
import type { HostRequest } from "../http/request.ts";
import { secretAddress } from "../http/secret-address.ts";
import { send } from "../http/send.ts";
import type { ErrorHandler, Handler, HostApp, HostMessage } from "./host.ts";
import type { Shared } from "./sharing.ts";

/**
 * Puts the gate in front of everything the host serves: it answers every request and never hands one on,
 * so no route of the host is reachable, whatever the form of the address.
 */
export function middlewareRole(shared: Shared, logger: Logger): { register_middlewares(app: HostApp): void } {
  return {
    register_middlewares(app) {
      shared.roles.add("middleware");
      app.use(gateHandler(shared, logger));
      app.use(brokenBodyHandler(logger));
    },
  };
}

function gateHandler(shared: Shared, logger: Logger): Handler {
  return (message, response, next) => {
    shared.registry
      .then((registry) => gate(registry.services, hostRequest(message), response))
      .then((report) => logReport(logger, report))
      .catch(next);
  };
}

/** Express knows error handlers by their four parameters; what arrives here failed in the host's body parser. */
function brokenBodyHandler(logger: Logger): ErrorHandler {
  return (error, message, response, _next) => {
    const report: Report = { requestId: randomUUID(), method: message.method ?? "", route: "", status: 0 };
    const answer = refuse(error, report);
    report.status = answer.status;
    void send(message, response, answer).then(() => logReport(logger, report));
  };
}

function hostRequest(message: HostMessage): HostRequest {
  return {
    message,
    url: secretAddress(message) ?? message.originalUrl,
    body: message.body,
    address: message.ip ?? "",
    protocol: message.protocol,
  };
}

/** Our own faults are logged with their cause, everything else is the host's access log. */
function logReport(logger: Logger, report: Report): void {
  const { error, ...fields } = report;
  if (error === undefined) {
    logger.debug(fields, "@{method} @{route}: @{status}");
    return;
  }
  const cause =
    error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : String(error.cause);
  logger.error({ ...fields, cause }, "@{method} @{route} failed (request @{requestId}): @{cause}");
}
