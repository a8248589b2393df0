import { once } from "node:events";
import type { Server, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** How a server stops without cutting off who is just asking something. */
export interface Leaving {
  /** Each answer says from now on that it is the last on its connection: balancers choose a node for a connection, not for each request. */
  sendElsewhere(): void;
  /** Resolves when those who kept a connection busy have been told, or after a second. */
  told(): Promise<void>;
  /** Takes no more requests; resolves when those under way are answered, or after ten seconds. */
  stop(): Promise<void>;
}

/** A connection on which nothing was asked for so long is closed: its client hardly asks at that moment. Milliseconds, as the others. */
const QUIET_MS = 100;
const TOLD_MAX_MS = 1_000;
/** How long requests under way may take to finish. */
const DRAIN_MS = 10_000;
/** How often is looked whether something has ended. */
const CHECK_MS = 20;

/** To be called before the server takes its first request. */
export function watchRequests(server: Server): Leaving {
  const open = new Set<ServerResponse>();
  let lastAsked = 0;
  let isLeaving = false;
  server.prependListener("request", (_message, response) => {
    lastAsked = performance.now();
    open.add(response);
    response.once("close", () => open.delete(response));
    if (isLeaving) response.setHeader("connection", "close");
  });
  return {
    sendElsewhere() {
      isLeaving = true;
      for (const response of open) if (!response.headersSent) response.setHeader("connection", "close");
    },
    async told() {
      const begun = performance.now();
      const isQuiet = (): boolean =>
        open.size === 0 && performance.now() - Math.max(begun, lastAsked) > QUIET_MS;
      while (!isQuiet() && performance.now() - begun < TOLD_MAX_MS) await wait(CHECK_MS);
    },
    stop: async () => await stop(server),
  };
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const idle = setInterval(() => server.closeIdleConnections(), CHECK_MS);
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
