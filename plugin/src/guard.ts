import type {
  IncomingHttpHeaders,
  IncomingMessage,
  RequestListener,
  Server,
  ServerResponse,
} from "node:http";
import { SkillsError } from "@skills-registry/schema";
import { bearerSecret } from "./http/authenticate.ts";
import { preflightHeaders } from "./http/cors.ts";
import { failure, toSkillsError } from "./http/failure.ts";
import { requestIdOf, type Trusts } from "./http/request-id.ts";
import { hideSecret } from "./http/secret-address.ts";
import { SECURITY_HEADERS } from "./http/send.ts";
import type { Observer } from "./observe/observer.ts";
import { reasonOf } from "./observe/reason.ts";
import type { Parts } from "./registry/parts.ts";
import { requireToken } from "./registry/tokens.ts";

/** What an anonymous caller may send: a login. Bytes. */
const ANONYMOUS_BODY = 16 * 1024;
/** Bytes of a refused body that are read and dropped; then the connection is left to stand until it is cut. */
const DROPPED_BODY = 64 * 1024;
/** How long a client has to read the answer to a body that was refused. */
const LINGER_MS = 2_000;

const LOGIN = /^\/-\/user\/org\.couchdb\.user(:|%3a)/i;
/** Where the host has files of its own; it takes any case. */
const HOST_FILES = /^\/-\/static\//i;

interface GuardOptions {
  parts: Parts;
  observer: Observer;
  trusts: Trusts;
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
    if (answerPreflight(message, response, options)) return;
    const requestId = requestIdOf(message, options.trusts);
    void admit(message, options).then(
      () => {
        hideSecret(message);
        for (const listener of listeners) listener(message, response);
      },
      (thrown: unknown) => {
        const error = toSkillsError(thrown);
        const answer = failure(error, requestId);
        note(message, answer.status, { error, requestId, observer: options.observer });
        turnAway(message, response, answer);
      },
    );
  });
}

/** The host would let every page of every origin ask everything. True when the question was one we allow, and is answered. */
function answerPreflight(
  message: IncomingMessage,
  response: ServerResponse,
  { parts }: GuardOptions,
): boolean {
  if (message.method !== "OPTIONS") return false;
  const headers = preflightHeaders(parts.config, message.headers, message.url ?? "/");
  if (headers === undefined) return false;
  response.writeHead(204, { ...SECURITY_HEADERS, ...headers }).end();
  return true;
}

/** Throws the error that the request is turned away with. */
async function admit(message: IncomingMessage, options: GuardOptions): Promise<void> {
  refuseForHost(message);
  const size = bodySize(message.headers);
  if (size <= ANONYMOUS_BODY) return;
  if (LOGIN.test(message.url ?? "")) throw tooLarge(ANONYMOUS_BODY);
  // Whether the token is good for this request, and from there, is the gate's business.
  const secret = bearerSecret(message.headers);
  if (secret === undefined) throw new SkillsError("ENEEDAUTH", "this needs a login");
  await requireToken(options.parts, secret);
  if (size !== Infinity && size > options.maxBody) throw tooLarge(options.maxBody);
}

/** What the host would answer before it asks the gate: the question of a page in a browser, its icon, what is no path. */
function refuseForHost({ method, url = "" }: IncomingMessage): void {
  if (method === "OPTIONS")
    throw new SkillsError("EMETHOD", "pages of this origin may not use this registry", {
      hint: "The operator names origins in skills.origins; they may use what is below /api.",
    });
  if (!url.startsWith("/") || HOST_FILES.test(url)) {
    throw new SkillsError("ENOTFOUND", "there is nothing at this address");
  }
}

/** Bytes that the host may come to hold; infinite where the headers do not tell: 13 KB of gzip become 13 MB. */
function bodySize(headers: IncomingHttpHeaders): number {
  if (headers["transfer-encoding"] !== undefined) return Infinity;
  const length = Number(headers["content-length"] ?? 0);
  return length > 0 && headers["content-encoding"] !== undefined ? Infinity : length;
}

function tooLarge(limit: number): SkillsError {
  return new SkillsError("ESKILLTOOLARGE", `the request body has more than ${limit} bytes`);
}

/** What is turned away here is in no log of the host. */
function note(
  { method = "" }: IncomingMessage,
  status: number,
  { error, requestId, observer }: { error: SkillsError; requestId: string; observer: Observer },
): void {
  observer.metrics.begin()({ method, route: "", status });
  if (status < 500) return;
  observer.log.warn(`a request was turned away: ${reasonOf(error)}`, {
    requestId,
    method,
    status,
    code: error.code,
  });
}

/**
 * Answers at once, then lingers: hanging up on a client that is still sending would cost it the answer, and reading all that
 * it sends would cost us memory, as buffers pile up faster than they are collected. The answer is complete for the client
 * before the response is ended, which is what closes the connection.
 */
function turnAway(
  message: IncomingMessage,
  response: ServerResponse,
  { status, headers, content }: ReturnType<typeof failure>,
): void {
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
