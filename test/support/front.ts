import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { once } from "node:events";
import type { TestRegistry } from "./registry.ts";

/** A server before a registry: passes requests on as they are, notes them, and lets a test answer in its place. */
export interface Front extends AsyncDisposable {
  url: string;
  /** Path and status of every request, in the order of the answers: `/@acme%2fx 200`. */
  asked: string[];
  /** Answers a request, if it wants to; undefined passes it on. */
  answer: Answering | undefined;
}

/** True when it has taken the request. */
type Answering = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface FrontOptions {
  /** Key and certificate in PEM, and of clients the authority that has to have signed theirs. */
  tls?: { key: string; cert: string; ca?: string };
}

export async function startFront(registry: TestRegistry, { tls }: FrontOptions = {}): Promise<Front> {
  const front: Omit<Front, typeof Symbol.asyncDispose> = { url: "", asked: [], answer: undefined };
  const listener: RequestListener = (request, response) => {
    response.once("close", () => void front.asked.push(`${request.url} ${response.statusCode}`));
    if (front.answer?.(request, response) !== true) void passOn(registry, front.url, { request, response });
  };
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer({ ...tls, requestCert: tls.ca !== undefined }, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  front.url = `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  return Object.assign(front, {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function passOn(
  registry: TestRegistry,
  url: string,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const { method = "GET", headers } = request;
  const sent = Buffer.concat(await request.toArray());
  const kept = ["authorization", "content-type", "accept", "if-none-match"].flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  const answer = await registry.fetch(request.url ?? "/", {
    method,
    headers: Object.fromEntries(kept),
    ...(sent.length === 0 ? {} : { body: sent }),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const type = answer.headers.get("content-type") ?? "";
  const etag = answer.headers.get("etag");
  response.writeHead(answer.status, { "content-type": type, ...(etag === null ? {} : { etag }) });
  // Tarballs are fetched from here too.
  response.end(type.includes("json") ? bytes.toString().replaceAll(registry.url, url) : bytes);
}
