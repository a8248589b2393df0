import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const HANG_MS = 30_000;
const BROKEN =
  '<?xml version="1.0"?><Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>';

/** `errors`: 500 to everything. `hangs`: 30 s of silence before the answer. */
export type Mode = "works" | "errors" | "hangs";

/** Stands between the nodes and the S3 server, and breaks when it is told to. */
export interface S3Proxy extends AsyncDisposable {
  port: number;
  mode: Mode;
}

/** Listens on each of the hosts, at the same port. */
export async function startS3Proxy(target: string, hosts: string[]): Promise<S3Proxy> {
  const { hostname, port: targetPort } = new URL(target);
  const proxy: Pick<S3Proxy, "port" | "mode"> = { port: 0, mode: "works" };
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    message.on("error", () => undefined);
    if (proxy.mode === "errors") return void response.writeHead(500).end(BROKEN);
    if (proxy.mode === "hangs") await sleep(HANG_MS, undefined, { ref: false });
    if (!response.destroyed) passOn({ hostname, port: targetPort }, message, response);
  };
  const servers: Server[] = [];
  for (const host of hosts) {
    const server = createServer((message, response) => void answer(message, response));
    server.listen(proxy.port, host);
    await once(server, "listening");
    const address = server.address();
    proxy.port = typeof address === "object" ? (address?.port ?? 0) : 0;
    servers.push(server);
  }
  return Object.assign(proxy, {
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  });
}

/** As it came: the Host header is part of what is signed. */
function passOn(
  target: { hostname: string; port: string },
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const { method, url, headers } = message;
  const onward = request({ ...target, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  message.pipe(onward);
}
