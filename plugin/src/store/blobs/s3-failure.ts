import { ERROR_TABLE, SkillsError } from "@skills-registry/schema";

/** S3's error codes are words like `NoSuchKey`; anything else may be text that somebody made up. */
const CODE = /^[A-Za-z]\w{1,63}$/;

/** Those that say nothing: the answer had no body that S3 would send. */
const NO_CODE = new Set(["Error", "SyntaxError", "TypeError", "Unknown", "UnknownError"]);

/** What went wrong at the server, or on the way to it. */
export interface S3Fault {
  /** S3's own code, or that of the network: `NoSuchBucket`, `ECONNREFUSED`; undefined where there is none. */
  code: string | undefined;
  /** HTTP status; undefined when there was no answer. */
  status: number | undefined;
  isSilent: boolean;
}

/** Reads an error of the library. Nothing of it is passed on but codes: it carries headers, and with them signatures. */
export function faultOf(thrown: unknown): S3Fault {
  if (!(thrown instanceof Error)) return { code: undefined, status: undefined, isSilent: false };
  const { name } = thrown;
  const system = "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
  const code = [system, name].find((known) => known !== undefined && CODE.test(known) && !NO_CODE.has(known));
  return {
    code,
    status: statusIn(thrown),
    // The library calls broken connections timeouts as well.
    isSilent: name === "TimeoutError" && (system === undefined || system === "ETIMEDOUT"),
  };
}

/** The fault in one line for the log. */
export function reasonOf(thrown: unknown): string {
  const { code, status, isSilent } = faultOf(thrown);
  if (isSilent) return "it did not answer in time";
  if (status !== undefined) return `it answered ${status}${code === undefined ? "" : ` ${code}`}`;
  return code === undefined ? "its answer was not that of an S3 server" : `the connection failed: ${code}`;
}

/** ESTORAGE, with the reason as its cause. `what` was being done: `putting a blob`. */
export function s3Failure(what: string, thrown: unknown): SkillsError {
  if (thrown instanceof SkillsError) return thrown;
  return unavailable(`S3: ${what}: ${reasonOf(thrown)}`);
}

/** ESTORAGE for this reason, which only the log tells. */
export function unavailable(reason: string | Error): SkillsError {
  const cause = typeof reason === "string" ? new Error(reason) : reason;
  return new SkillsError("ESTORAGE", ERROR_TABLE.ESTORAGE.summary, { cause });
}

function statusIn(thrown: Error): number | undefined {
  const metadata = "$metadata" in thrown ? thrown.$metadata : undefined;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
}
