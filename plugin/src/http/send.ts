import { type IncomingMessage, ServerResponse } from "node:http";
import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Answer } from "./answer.ts";

/** What is no page of ours is none at all: no sniffing, no frames, no scripts. Pages bring a policy of their own. */
export const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

/** Writes an answer, as 304 when the client has it already, and without the body for HEAD. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  const unchanged = answer.status === 200 && isKnown(request, answer.headers["etag"]);
  response.statusCode = unchanged ? 304 : answer.status;
  // The host lets every page read the answer: those that a browser inside a network shows would carry it outside.
  // cors.ts decides who may.
  response.removeHeader("access-control-allow-origin");
  for (const [name, value] of Object.entries({ ...SECURITY_HEADERS, ...answer.headers })) {
    response.setHeader(name, value);
  }
  const { body } = answer;
  const bodiless = unchanged || request.method === "HEAD";
  if (body.kind !== "none" && !unchanged) {
    response.setHeader("content-length", body.kind === "bytes" ? body.bytes.length : body.length);
  }
  if (body.kind === "stream" && bodiless) body.stream.destroy();
  if (bodiless || body.kind === "none") response.end();
  else if (body.kind === "bytes") response.end(body.bytes);
  else await stream(body.stream, response);
}

/**
 * The host replaces `response.write` by one that returns nothing, which looks like "go on" to a stream: a slow reader
 * would have the whole tarball in our memory. Written through the original, each chunk waits for the one before.
 */
async function stream(source: Readable, response: ServerResponse): Promise<void> {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      Reflect.apply(ServerResponse.prototype.write, response, [chunk, done]);
    },
  });
  response.once("close", () => sink.destroy());
  try {
    await pipeline(source, sink);
    response.end();
  } catch {
    // Either side broke off; the status is sent, so a cut connection is the only way to say so.
    response.destroy();
  }
}

function isKnown(request: IncomingMessage, etag: string | undefined): boolean {
  const known = request.headers["if-none-match"];
  if (etag === undefined || known === undefined) return false;
  return known.split(",").some((candidate) => opaque(candidate) === opaque(etag) || candidate.trim() === "*");
}

/** If-None-Match compares weakly: `W/` does not count. */
function opaque(etag: string): string {
  return etag.trim().replace(/^W\//, "");
}
