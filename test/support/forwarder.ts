import { createServer, request as httpRequest, type Server } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import type { Duplex } from "node:stream";

export interface Forwarder extends AsyncDisposable {
  url: string;
  /** What it was asked to reach: `CONNECT 127.0.0.1:1234`, `GET http://…`. */
  asked: string[];
}

/** A proxy as companies have it; to reach a server by TLS it asks for the login, where one is given. */
export async function startForwarder(login?: string): Promise<Forwarder> {
  const asked: string[] = [];
  const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString("base64")}`;
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { host, pathname } = new URL(request.url ?? "");
    const { host: _, ...headers } = request.headers;
    const onward = httpRequest(`http://${host}${pathname}`, { headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.end();
  });
  server.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    if (request.headers["proxy-authorization"] === wanted) tunnel(request.url ?? "", socket);
    else socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function tunnel(target: string, socket: Duplex): void {
  const { hostname, port } = new URL(`http://${target}`);
  const onward = connect(Number(port), hostname, () => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    onward.pipe(socket).pipe(onward);
  });
  onward.on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy());
}
