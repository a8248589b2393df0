import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { SkillsError } from "@skills-registry/schema";
import { bearerSecret } from "./http/authenticate.ts";
import { failure } from "./http/failure.ts";
import { SECURITY_HEADERS } from "./http/send.ts";
import type { Parts } from "./registry/parts.ts";
import { findToken } from "./registry/tokens.ts";

/** What an anonymous caller may send: a login. Bytes. */
const ANONYMOUS_BODY = 16 * 1024;
/** Bytes of a refused body that are read and dropped; then the connection is left to stand until it is cut. */
const DROPPED_BODY = 64 * 1024;
/** How long a client has to read the answer to a body that was refused. */
const LINGER_MS = 2_000;

const LOGIN = /^\/-\/user\/org\.couchdb\.user(:|%3a)/i;
const LOGOUT = /^(\/-\/user\/token\/)([^/?]+)/;

interface GuardOptions {
  parts: Parts;
  /** Largest body of an authenticated request, bytes. */
  maxBody: number;
}

/**
 * Stands before the host, which reads and parses a whole body before it knows who is asking: forty anonymous uploads
 * of 10 MB would take 1.5 GB. Such a request is turned away by its headers alone.
 */
export function guard(server: Server, options: GuardOptions): void {
  const listeners = server
    .listeners("request")
    .filter((listener): listener is RequestListener => typeof listener === "function");
  server.removeAllListeners("request");
  server.on("request", (message: IncomingMessage, response: ServerResponse) => {
    void refusal(message, options).then((error) => {
      if (error !== undefined) {
        turnAway(message, response, error);
        return;
      }
      message.url = withoutSecret(message.url ?? "/");
      for (const listener of listeners) listener(message, response);
    });
  });
}

async function refusal(message: IncomingMessage, options: GuardOptions): Promise<SkillsError | undefined> {
  const { "content-length": length, "transfer-encoding": chunked } = message.headers;
  if (length === undefined && chunked === undefined) return undefined;
  const size = chunked === undefined ? Number(length) : Infinity;
  if (size <= ANONYMOUS_BODY) return undefined;
  if (LOGIN.test(message.url ?? "")) return tooLarge(ANONYMOUS_BODY);
  if (!(await isAuthenticated(message, options.parts))) {
    return new SkillsError("ENEEDAUTH", "this needs a login");
  }
  return chunked === undefined && size > options.maxBody ? tooLarge(options.maxBody) : undefined;
}

function tooLarge(limit: number): SkillsError {
  return new SkillsError("ESKILLTOOLARGE", `the request body has more than ${limit} bytes`);
}

/** Whether the token belongs to anybody; what it may do is the gate's business. */
async function isAuthenticated(message: IncomingMessage, parts: Parts): Promise<boolean> {
  const secret = bearerSecret(message.headers);
  if (secret === undefined) return false;
  try {
    return (await findToken(parts, secret, message.socket.remoteAddress ?? "")) !== undefined;
  } catch {
    // Used from a network it may not be used from: the gate says so, after a body as small as this one's limit.
    return false;
  }
}

/**
 * Answers at once, then lingers: hanging up on a client that is still sending would cost it the answer, and reading all that
 * it sends would cost us memory, as buffers pile up faster than they are collected. The answer is complete for the client
 * before the response is ended, which is what closes the connection.
 */
function turnAway(message: IncomingMessage, response: ServerResponse, error: SkillsError): void {
  const { status, headers, content } = failure(error, randomUUID());
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    ...headers,
    connection: "close",
    "content-length": content.length,
  });
  response.write(content);
  const hangUp = setTimeout(() => response.end(), LINGER_MS);
  message.once("end", () => response.end());
  message.once("close", () => clearTimeout(hangUp));
  message.on("error", () => undefined);
  let dropped = 0;
  message.on("data", (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > DROPPED_BODY) message.pause();
  });
}

/** `npm logout` puts its token into the address, which the host writes to its access log; the token's hash does as well. */
function withoutSecret(url: string): string {
  return url.replace(LOGOUT, (_whole, path: string, secret: string) => {
    return `${path}${createHash("sha256").update(decodeLoosely(secret)).digest("hex")}`;
  });
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
