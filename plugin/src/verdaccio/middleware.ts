import type { Logger } from "@verdaccio/types";
import { gate, refuse, type Report } from "../http/gate.ts";
import type { HostRequest } from "../http/request.ts";
import { isTrusted, requestIdOf } from "../http/request-id.ts";
import { secretAddress } from "../http/secret-address.ts";
import { send } from "../http/send.ts";
import { type ErrorHandler, type Handler, type HostApp, type HostMessage, trustsOf } from "./host.ts";
import { logReport, writeNotices } from "./log-report.ts";
import type { Shared } from "./sharing.ts";

/**
 * Puts the gate in front of everything the host serves: it answers every request and never hands one on,
 * so no route of the host is reachable, whatever the form of the address.
 */
export function middlewareRole(shared: Shared, logger: Logger): { register_middlewares(app: HostApp): void } {
  return {
    register_middlewares(app) {
      shared.roles.add("middleware");
      // Where the registry cannot be opened, the storage role says so.
      shared.registry.then((registry) => writeNotices(logger, registry.services)).catch(() => undefined);
      app.use(gateHandler(shared, logger));
      app.use(brokenBodyHandler(shared, logger));
    },
  };
}

function gateHandler(shared: Shared, logger: Logger): Handler {
  return (message, response, next) => {
    // The host counts the bytes of bodies, which makes them flow: what comes before a handler reads its body would be lost.
    message.pause();
    const host = hostRequest(message);
    // The host's own lines about the request are found by its id, too.
    message.log = (message.log ?? logger).child({ requestId: host.requestId });
    shared.registry
      .then(async ({ services }) => logReport(logger, services, await gate(services, host, response)))
      .catch(next);
  };
}

/** Express knows error handlers by their four parameters; what arrives here failed in the host's body parser. */
function brokenBodyHandler(shared: Shared, logger: Logger): ErrorHandler {
  return (error, message, response, next) => {
    const requestId = requestIdOf(message, trustsOf(message.app));
    const report: Report = { requestId, method: message.method ?? "", route: "", status: 0 };
    const answer = refuse(error, report);
    report.status = answer.status;
    shared.registry
      .then(async ({ services }) => {
        const answered = services.observer.metrics.begin();
        await send(message, response, answer);
        answered(report);
        logReport(logger, services, report);
      })
      .catch(next);
  };
}

function hostRequest(message: HostMessage): HostRequest {
  const trusts = trustsOf(message.app);
  return {
    message,
    url: secretAddress(message) ?? message.originalUrl,
    body: message.body,
    address: message.ip ?? "",
    protocol: message.protocol,
    requestId: requestIdOf(message, trusts),
    trusted: isTrusted(message, trusts),
  };
}
