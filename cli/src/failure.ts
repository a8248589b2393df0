import { errorAnswer } from "@skills-registry/schema/api/error";
import {
  ERROR_TABLE,
  SkillsError,
  formatIssue,
  type ErrorCode,
  type Issue,
} from "@skills-registry/schema/basics";

/** An error as people and `--json` see it, wherever it came from. */
export interface Failure {
  /** A code of our table, or npm's own (`E403`, `ETARGET`, `EINTEGRITY`), passed through. */
  code: string;
  message: string;
  hint: string;
  issues: Issue[];
  exit: number;
}

/** A failure in `--json`. */
export type FailureDocument = Pick<Failure, "code" | "message" | "hint" | "issues">;

/** Exit code of a command that Ctrl-C ended, as shells have it. */
const EXIT_INTERRUPTED = 130;

/** Characters of a message: it may come from a registry, which could answer megabytes. */
const MESSAGE_MAX = 8_192;

const AFTER_OUTAGE = "The registry failed: try again, and tell its operator if it goes on.";
const IN_THE_WAY = "A file, or a link that leads nowhere, is where a folder should be: move it away.";

/** What to do about the codes that npm's libraries and the file system raise. */
const HINTS: Readonly<Record<string, string>> = {
  E401: "Run skills login, or put a token for this registry in .npmrc.",
  E403: "Run skills whoami to see who you are to this registry.",
  E404: "Check the name and the registry; a skill that you may not read looks the same as none.",
  E407: "The proxy wants a login: put it into https-proxy of .npmrc, as http://name:password@host.",
  E500: AFTER_OUTAGE,
  E502: AFTER_OUTAGE,
  E503: AFTER_OUTAGE,
  E504: AFTER_OUTAGE,
  ENOTDIR: IN_THE_WAY,
  EEXIST: IN_THE_WAY,
  EISDIR: "A folder is where a file should be: move it away.",
  EFTYPE: "A device or a pipe, or a link to one, is where a file should be: move it away.",
  EFBIG: "No such file is ever that large: restore it from version control.",
  ETARGET: "Run skills info with the name to see its versions and tags.",
  EINTEGRITY:
    "The bytes are not those that were published or locked. Do not use them; tell the operator of the registry.",
};

export function interruption(): Failure {
  return {
    code: "EINTERRUPTED",
    message: "interrupted; it is safe to run the command again",
    hint: "",
    issues: [],
    exit: EXIT_INTERRUPTED,
  };
}

export function describeFailure(error: unknown): Failure {
  if (error instanceof Error && error.name === "AbortError") return interruption();
  if (error instanceof SkillsError) return fromSkillsError(error);
  if (!(error instanceof Error)) return fromSkillsError(new SkillsError("EUNEXPECTED", String(error)));
  return fromAnswer(error) ?? fromCode(error) ?? fromSkillsError(unexpected(error));
}

/**
 * Takes credentials out of addresses and out of npmrc lines, so that a message can be pasted into an issue. Queries go as a
 * whole: a signed address is a credential.
 */
export function redact(text: string): string {
  return text
    .replace(/(\w+:\/\/)[^/\s]*@/g, "$1***@")
    .replace(/(https?:\/\/[^\s?"']+)\?[^\s"']+/g, "$1?***")
    .replace(/(_authToken|_auth|_password|\/-\/user\/token\/)([=:/\s]*)[^\s&"',]+/g, "$1$2***");
}

export function failureDocument({ code, message, hint, issues }: Failure): FailureDocument {
  return { code, message, hint, issues };
}

/** The failure for people: what, the findings one by one, and what to do. */
export function failureLines({ code, message, hint, issues }: Failure): string[] {
  const findings = issues.map((issue) => `  ${issue.severity} ${formatIssue(issue)}`);
  return [`error ${code}: ${message}`, ...findings, ...(hint === "" ? [] : [`hint: ${hint}`])];
}

function fromSkillsError(error: SkillsError): Failure {
  return failure(error.code, error.message, {
    hint: error.hint,
    issues: error.issues,
    exit: ERROR_TABLE[error.code].exit,
  });
}

/** A registry of this project explains itself in the body; its issues and hint are worth more than the status. */
function fromAnswer(error: Error): Failure | undefined {
  if (!("body" in error)) return undefined;
  const answer = errorAnswer.safeParse(error.body);
  if (!answer.success) return undefined;
  const { code, error: text, hint, issues } = answer.data;
  // The text is made for npm, which shows nothing else: findings and hint follow the message in it, line by line.
  const [message = ""] = text.split("\n");
  return failure(code, message, { hint, issues, exit: isErrorCode(code) ? ERROR_TABLE[code].exit : 1 });
}

/** npm's codes (`E404`, `ETARGET`, `EPRIVATE`), and those of the file system (`ENOSPC`, `EACCES`). */
function fromCode(error: Error): Failure | undefined {
  const code = codeOf(error);
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) return undefined;
  const hint = "syscall" in error ? "Check the permissions of the path, and the free space on its disk." : "";
  return failure(code, error.message, { hint: HINTS[code] ?? hint });
}

function unexpected(error: Error): SkillsError {
  return new SkillsError("EUNEXPECTED", error.message, { cause: error });
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, code);
}

function failure(
  code: string,
  message: string,
  details: { hint?: string; issues?: Issue[]; exit?: number },
): Failure {
  return {
    code,
    message: redact(message.slice(0, MESSAGE_MAX).toWellFormed()),
    hint: details.hint ?? "",
    issues: details.issues ?? [],
    exit: details.exit ?? 1,
  };
}
