import {
  ERROR_TABLE,
  type ErrorAnswer,
  formatIssue,
  isError,
  SkillsError,
  statusOf,
} from "@skills-registry/schema";
import { isOutage } from "../store/outage.ts";
import { type Answer, bytes, JSON_TYPE } from "./answer.ts";

/** npm prints every line of `error`; more findings than this are counted instead of listed. */
const LISTED_ISSUES = 40;

/** System errors that mean the storage is full or broken rather than that we are wrong. */
const STORAGE_CODES = new Set(["ENOSPC", "EDQUOT", "EIO", "EROFS", "EMFILE", "ENFILE", "ERR_SQLITE_ERROR"]);

/** Seconds after which it is worth asking again a registry whose storage failed: a database fails over in less than a minute. */
const STORAGE_RETRY = 5;

/** Ids that a proxy made may look otherwise. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Any thrown value as the one error class; what is not ours is our fault and says nothing about its inside. */
export function toSkillsError(thrown: unknown): SkillsError {
  if (thrown instanceof SkillsError) return thrown;
  const hostStatus = statusOfHostError(thrown);
  if (hostStatus === 413)
    return new SkillsError("ESKILLTOOLARGE", ERROR_TABLE.ESKILLTOOLARGE.summary, { cause: thrown });
  if (hostStatus !== undefined && hostStatus < 500) {
    return new SkillsError("EBADBODY", "the request body is not valid JSON", { cause: thrown });
  }
  if (isOutage(thrown)) {
    return new SkillsError("ESTORAGE", "the registry's storage does not answer", { cause: thrown });
  }
  return isStorageFault(thrown)
    ? new SkillsError("ESTORAGE", ERROR_TABLE.ESTORAGE.summary, { cause: thrown })
    : new SkillsError("EINTERNAL", ERROR_TABLE.EINTERNAL.summary, { cause: thrown });
}

/** The answer that tells of an error. `content` are the bytes of its body. */
export function failure(error: SkillsError, requestId: string): Answer & { content: Buffer } {
  const status = statusOf(error.code);
  const body: ErrorAnswer = {
    error: describe(error, requestId),
    code: error.code,
    issues: error.issues,
    hint: error.hint,
    type: `/api#${error.code}`,
    title: ERROR_TABLE[error.code].summary,
    status,
    detail: error.message,
    instance: UUID.test(requestId) ? `urn:uuid:${requestId}` : `#${requestId}`,
  };
  const content = Buffer.from(JSON.stringify(body));
  const headers = {
    "content-type": JSON_TYPE,
    // A cache that kept "there is no skill" would tell it to those who may see the skill.
    "cache-control": "no-store",
    "x-request-id": requestId,
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...retryHeader(error),
  };
  return { ...bytes(status, content, headers), content };
}

/** When to ask again, where that may help. */
export function retryHeader({ code, retryAfter }: SkillsError): Record<string, string> {
  const seconds = retryAfter ?? (code === "ESTORAGE" ? STORAGE_RETRY : undefined);
  return seconds === undefined ? {} : { "retry-after": String(seconds) };
}

/** The same as problem details (RFC 9457), for the REST API. */
export function problem(error: SkillsError, requestId: string): Answer {
  const answer = failure(error, requestId);
  return { ...answer, headers: { ...answer.headers, "content-type": "application/problem+json" } };
}

/** The text that npm shows: what happened, each finding on its line, what to do. */
function describe(error: SkillsError, requestId: string): string {
  const errors = error.issues.filter(isError);
  const listed = errors.slice(0, LISTED_ISSUES).map(formatIssue);
  const more = errors.length - listed.length;
  const status = statusOf(error.code);
  return [
    error.message,
    ...listed.map((line) => `  ${line}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    status >= 500 ? `${error.hint} (request ${requestId})` : error.hint,
  ].join("\n");
}

/** The host's body parser fails with `status`, before our routes are reached. */
function statusOfHostError(thrown: unknown): number | undefined {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  const status = "status" in thrown ? thrown.status : undefined;
  return typeof status === "number" ? status : undefined;
}

function isStorageFault(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if ("code" in thrown && typeof thrown.code === "string" && STORAGE_CODES.has(thrown.code)) return true;
  return isStorageFault(thrown.cause);
}
