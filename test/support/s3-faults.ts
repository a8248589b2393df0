import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
  type ServerResponse,
} from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { buffer } from "node:stream/consumers";

export type Fault =
  | "500"
  /** Nothing is ever answered. */
  | "hang"
  /** The headers come, and then nothing. */
  | "silent body"
  /** The connection ends in the middle of the body. */
  | "truncate"
  /** The same, with a length that says it is all. */
  | "short length"
  | "flip"
  /** The connection breaks before the answer. */
  | "reset"
  /** A byte now and then. */
  | "drip"
  | "html"
  | "denied"
  | "damaged upload";

export interface FaultyS3 extends AsyncDisposable {
  endpoint: string;
  /** What the next requests suffer, by method; changed by tests at any time. */
  faults: Partial<Record<string, Fault>>;
  /** How many times each of the faults is left, where not always. */
  times: number;
  /** `GET /bucket/key` in order. */
  asked: string[];
  /** Headers of each of them. */
  headers: IncomingHttpHeaders[];
}

/** Stands before an S3 server and does to its answers what networks and broken servers do. */
export async function startFaultyS3(target: string): Promise<FaultyS3> {
  const state: Omit<FaultyS3, "endpoint" | typeof Symbol.asyncDispose> = {
    faults: {},
    times: Infinity,
    asked: [],
    headers: [],
  };
  const server = createServer((request, response) => {
    state.asked.push(`${request.method} ${request.url}`);
    state.headers.push(request.headers);
    const found = state.times > 0 ? state.faults[request.method ?? ""] : undefined;
    if (found !== undefined) state.times -= 1;
    answer(target, { request, response, fault: found }).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return Object.assign(state, {
    endpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  });
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  fault: Fault | undefined;
}

async function answer(target: string, { request, response, fault }: Exchange): Promise<void> {
  const sent = await buffer(request);
  if (fault === "hang") return;
  if (fault === "reset") return void response.destroy();
  if (fault === "500") return void response.writeHead(500).end("<Error><Code>InternalError</Code></Error>");
  if (fault === "denied") return void response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
  if (fault === "html") return void response.writeHead(200).end("<!doctype html><p>Welcome</p>");
  const onward = await forward(target, request, fault === "damaged upload" ? flipped(sent) : sent);
  const bytes = fault === "flip" ? flipped(await buffer(onward)) : await buffer(onward);
  const half = bytes.subarray(0, bytes.length >> 1);
  const headers = { ...onward.headers };
  if (fault === "short length") headers["content-length"] = String(half.length);
  response.writeHead(onward.statusCode ?? 502, headers);
  if (fault === "short length") response.end(half);
  else if (fault === "truncate") response.write(half, () => response.destroy());
  else if (fault === "silent body") response.write(half);
  else if (fault === "drip") await drip(response, bytes);
  else response.end(request.method === "HEAD" ? undefined : bytes);
}

async function forward(target: string, request: IncomingMessage, sent: Buffer): Promise<IncomingMessage> {
  const { method, headers, url = "" } = request;
  // The host stays as the client wrote it, for it is part of the signature.
  const onward = httpRequest(target + url, { method: method ?? "GET", headers }).end(sent);
  return await new Promise((resolve, reject) => onward.once("response", resolve).once("error", reject));
}

async function drip(response: ServerResponse, bytes: Buffer): Promise<void> {
  for (const byte of bytes) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await sleep(100);
  }
  response.end();
}

function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  const at = changed.length >> 1;
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
