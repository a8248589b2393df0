import { SkillsError } from "@skills-registry/schema";
import { UpstreamError } from "./upstream-error.ts";

/** How long another registry may take. Handed in by tests, which do not wait that long. */
export interface Patience {
  /** Longest silence, before the first byte and between two. */
  silentMs: number;
  /** Longest answer from the first byte to the last: ends what drips. */
  wholeMs: number;
}

export const PATIENCE: Patience = { silentMs: 15_000, wholeMs: 5 * 60_000 };

export interface UpstreamHttp {
  /** Address of the registry, without a trailing slash. */
  base: string;
  token: string | null;
  /** Origins besides its own that it may send us on to. */
  redirects: string[];
  /** Ends everything that is under way. */
  signal: AbortSignal;
  patience: Patience;
}

export interface Question {
  /** Begins with a slash. */
  path: string;
  accept: string;
  /** Of what we have. */
  etag?: string;
  /** Bytes; more are not read. */
  max: number;
  /** Follows redirects; other questions get them as an answer. */
  follow?: true;
}

export interface Answer {
  /** 200, 304, 308, 404 or 451: everything else is thrown. */
  status: number;
  etag: string | null;
  location: string | null;
  body: Buffer;
}

/** Redirects of one question. */
const HOPS_MAX = 3;
const ANSWERS = new Set([200, 304, 308, 404, 451]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** An hour: whoever asks for more is asked again all the same. */
const WAIT_MAX_SECONDS = 3600;

/** Asks another registry. Throws UpstreamError for what is no answer to use. */
export async function askUpstream(http: UpstreamHttp, question: Question): Promise<Answer> {
  let address = new URL(`${http.base}${question.path}`);
  for (let hop = 0; hop <= HOPS_MAX; hop += 1) {
    const answer = await askOnce(http, question, address);
    if (question.follow === undefined || !REDIRECTS.has(answer.status)) return expected(answer);
    address = nextAddress(http, address, answer.location);
  }
  throw new UpstreamError("upstream sends us on and on");
}

/**
 * Where a redirect leads, when that is allowed. An address of its choice would let it make us ask servers that only this machine
 * reaches.
 */
function nextAddress({ base, redirects }: UpstreamHttp, from: URL, location: string | null): URL {
  const next = location === null ? null : URL.parse(location, from);
  if (next !== null && [new URL(base).origin, ...redirects].includes(next.origin)) return next;
  throw new UpstreamError("upstream sends us on to an address that the configuration does not allow");
}

async function askOnce(http: UpstreamHttp, question: Question, address: URL): Promise<Answer> {
  const silence = new AbortController();
  const heard = silenceTimer(silence, http.patience.silentMs);
  const signal = AbortSignal.any([http.signal, silence.signal, AbortSignal.timeout(http.patience.wholeMs)]);
  try {
    const answer = await fetch(address, {
      redirect: "manual",
      signal,
      headers: headersOf(http, question, address),
    });
    heard.again();
    refuseTrouble(answer);
    const body = await readBounded(answer, question.max, heard.again);
    return {
      status: answer.status,
      etag: answer.headers.get("etag"),
      location: answer.headers.get("location"),
      body,
    };
  } catch (cause) {
    if (cause instanceof UpstreamError || http.signal.aborted) throw cause;
    const what = signal.aborted ? "was too slow" : "could not be reached";
    throw new UpstreamError(`upstream ${what}`, { isAway: true, cause });
  } finally {
    heard.stop();
  }
}

/** The token goes to the registry alone, never to where it sends us. */
function headersOf(
  { base, token }: UpstreamHttp,
  { accept, etag }: Question,
  address: URL,
): Record<string, string> {
  return {
    accept,
    ...(etag === undefined ? {} : { "if-none-match": etag }),
    ...(token === null || address.origin !== new URL(base).origin
      ? {}
      : { authorization: `Bearer ${token}` }),
  };
}

/** Statuses that say something about the registry, not about what was asked. */
function refuseTrouble({ status, headers, body }: Response): void {
  if (status !== 429 && status < 500 && status !== 401) return;
  void body?.cancel().catch(() => undefined);
  if (status === 401) {
    throw new UpstreamError("upstream does not take our token", { isAway: true });
  }
  throw new UpstreamError(`upstream answered with status ${status}`, {
    isAway: status === 429 || status === 502 || status === 503 || status === 504,
    retryAfterSeconds: secondsOf(headers.get("retry-after")),
  });
}

/** Seconds or a date, as RFC 9110 has it. */
function secondsOf(text: string | null): number | null {
  if (text === null) return null;
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.min(Math.max(Math.ceil(seconds), 0), WAIT_MAX_SECONDS);
}

function expected(answer: Answer): Answer {
  if (ANSWERS.has(answer.status)) return answer;
  throw new UpstreamError(`upstream answered with status ${answer.status}`);
}

async function readBounded(answer: Response, max: number, heard: () => void): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by a throw cancels the body. Bytes are counted as they come out of their compression.
  for await (const chunk of answer.body ?? []) {
    heard();
    size += chunk.length;
    if (size > max) throw tooLarge(max);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What is too large today is so tomorrow, unlike what could not be had. */
function tooLarge(max: number): UpstreamError {
  const message = `upstream answered with more than ${max} bytes`;
  return new UpstreamError(message, { cause: new SkillsError("ESKILLTOOLARGE", message) });
}

function silenceTimer(silence: AbortController, ms: number): { again: () => void; stop: () => void } {
  const timer = setTimeout(() => silence.abort(), ms);
  return { again: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
