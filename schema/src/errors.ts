import type { Issue } from "./issue.ts";

interface ErrorRule {
  /** HTTP status of the registry's answer; absent for errors that only the CLI raises. */
  status?: number;
  /** Exit code of the CLI. */
  exit: 1 | 2;
  summary: string;
  hint: string;
}

/**
 * Every error that the registry answers or the CLI exits with.
 * 4xx is the caller's fault and final. npm resends 429 and 5xx for 70 s, so those are kept for what waiting can mend.
 */
export const ERROR_TABLE = {
  EBADBODY: {
    status: 400,
    exit: 1,
    summary: "The request body is not the document this route takes.",
    hint: "Publish with npm publish or skills publish; the message names the field that is wrong.",
  },
  EBADNAME: {
    status: 400,
    exit: 1,
    summary: "The name is not a skill name.",
    hint: "Skill names look like @namespace/skill-name: lower-case letters, digits and single hyphens.",
  },
  EBADREQUEST: {
    status: 400,
    exit: 1,
    summary: "The request is malformed.",
    hint: "Check the parameters named in the message.",
  },
  ENEEDAUTH: {
    status: 401,
    exit: 1,
    summary: "This needs a login.",
    hint: "Run npm login or skills login for this registry.",
  },
  ESKILLSCOPE: {
    status: 403,
    exit: 1,
    summary: "The namespace belongs to others.",
    hint: "Publish to a namespace of your own, or ask an owner of this one for a role.",
  },
  EFORBIDDEN: {
    status: 403,
    exit: 1,
    summary: "The account or token may not do this.",
    hint: "Use a token without this restriction, or ask the owner.",
  },
  EMIRROR: {
    status: 403,
    exit: 1,
    summary: "The namespace is a copy of another registry's: what is in it comes from there alone.",
    hint: "Publish to the registry that the message names.",
  },
  EREGISTRATIONCLOSED: {
    status: 403,
    exit: 1,
    summary: "The login failed, and this registry does not let people register themselves.",
    hint: "Ask the operator of the registry for an account.",
  },
  ENOTFOUND: {
    status: 404,
    exit: 1,
    summary: "There is nothing under this name or address.",
    hint: "Check the spelling, or search with skills search.",
  },
  EMETHOD: {
    status: 405,
    exit: 1,
    summary: "This address does not take that method.",
    hint: "See docs/http-api.md for the methods of each route.",
  },
  ENAMETAKEN: {
    status: 409,
    exit: 1,
    summary: "The name is taken, reserved, or too much like another.",
    hint: "Choose another name, or ask the operator of the registry.",
  },
  ELASTOWNER: {
    status: 409,
    exit: 1,
    summary: "Nobody would be left who runs the namespace.",
    hint: "Make somebody else an owner first.",
  },
  ESKILLMOVED: {
    status: 409,
    exit: 1,
    summary: "The skill has another name now.",
    hint: "Use the new name.",
  },
  EVERSIONTAKEN: {
    status: 409,
    exit: 1,
    summary: "The version is already published with other content.",
    hint: "A published version never changes: publish the next one.",
  },
  ESTALE: {
    status: 409,
    exit: 1,
    summary: "The package changed since it was read.",
    hint: "Run the command again; it starts from the current state.",
  },
  ESKILLTOOLARGE: {
    status: 413,
    exit: 1,
    summary: "The body is larger than this registry accepts.",
    hint: "Remove large files from the skill, or ask the operator to raise the limit.",
  },
  ESKILLINVALID: {
    status: 422,
    exit: 1,
    summary: "The skill breaks a rule of this registry.",
    hint: "Run skills validate in the skill's folder; skills validate --fix repairs what is mechanical.",
  },
  ESKILLMISMATCH: {
    status: 422,
    exit: 1,
    summary: "The published document and the tarball disagree.",
    hint: "Publish again from a clean folder with npm publish or skills publish.",
  },
  ETOOMANY: {
    status: 429,
    exit: 1,
    summary: "Too many requests or failed attempts.",
    hint: "Wait as long as the Retry-After header says.",
  },
  EQUARANTINED: {
    status: 451,
    exit: 1,
    summary: "An operator of the registry has withdrawn the version.",
    hint: "Use another version; the message says why this one was withdrawn.",
  },
  EINTERNAL: {
    status: 500,
    exit: 1,
    summary: "The registry failed.",
    hint: "Try again; tell the operator the request id if it goes on.",
  },
  ESTORAGE: {
    status: 503,
    exit: 1,
    summary: "The storage of the registry failed.",
    hint: "Nothing was changed. Try again; the operator should look at the disk.",
  },
  EPROVIDER: {
    status: 503,
    exit: 1,
    summary: "The identity provider did not answer as it should.",
    hint: "Try again; tell the operator of the registry if it goes on.",
  },
  EUSAGE: {
    exit: 2,
    summary: "The command was called wrongly.",
    hint: "Run skills help, or the command with --help.",
  },
  EPARTIAL: {
    exit: 1,
    summary: "Some of the items failed.",
    hint: "The lines above say which and why; the others were done.",
  },
  ENOAGENT: {
    exit: 1,
    summary: "No agent to install for was found or named.",
    hint: "Name one with --agent claude-code; skills doctor --agents lists all of them.",
  },
  ENOTSKILL: {
    exit: 1,
    summary: "The package is not a skill that can be installed.",
    hint: "Only packages with a valid SKILL.md are installed.",
  },
  ENOTINSTALLED: {
    exit: 1,
    summary: "The skill is not installed here.",
    hint: "Run skills list to see what is.",
  },
  ESKILLCLASH: {
    exit: 1,
    summary: "Something else is in the place where the skill would go.",
    hint: "Move the folder away, or remove the other skill first.",
  },
  ESKILLBUSY: {
    exit: 1,
    summary: "Another skills command is changing the same folders.",
    hint: "Wait for it and try again.",
  },
  ESKILLDIRTY: {
    exit: 1,
    summary: "The installed skill has local edits that would be lost.",
    hint: "Keep them elsewhere, or repeat the command with --force.",
  },
  ESKILLPROJECT: {
    exit: 1,
    summary: "skills.json cannot be read.",
    hint: "Repair the file; docs/projects.md shows what it holds.",
  },
  ESKILLLOCK: {
    exit: 1,
    summary: "skills.lock cannot be read.",
    hint: "Restore it from version control, or delete it and run skills install.",
  },
  ESKILLDRIFT: {
    exit: 1,
    summary: "skills.json, skills.lock and the installed files do not agree.",
    hint: "Run skills install, and commit skills.lock.",
  },
  EOUTDATED: {
    exit: 1,
    summary: "Installed skills have newer versions, or versions that should no longer be used.",
    hint: "Run skills update, or skills add with a version beyond the range.",
  },
  ESKILLWRONG: {
    exit: 1,
    summary: "What is installed is not what skills.lock and the registry say.",
    hint: "Run skills diff with a name to see edits. skills install puts back what is missing, with --force what was edited, too; a wrong skills.lock has to come from version control.",
  },
  ERESOLVE: {
    exit: 1,
    summary: "No version of a skill satisfies everything that builds on it.",
    hint: "Loosen one of the ranges, or choose other versions of the skills named.",
  },
  ESIGNATURE: {
    exit: 1,
    summary: "The registry's signature of the version is missing or wrong.",
    hint: "Do not use this version; tell the operator of the registry.",
  },
  ENOTCACHED: {
    exit: 1,
    summary: "What is needed is not in the cache, and the network is not to be used.",
    hint: "Run the command once without --offline, or skills cache add with the skill; offline in .npmrc says the same as --offline.",
  },
  EIMPORT: {
    exit: 1,
    summary: "The place to import skills from cannot be read, or holds none.",
    hint: "Check the address; skills import --help shows what it may be. Nothing was published.",
  },
  EDOCTOR: {
    exit: 1,
    summary: "skills doctor found a problem.",
    hint: "Each problem of the report says what to do about it.",
  },
  EREGISTRY: {
    exit: 1,
    summary: "The registry did not answer as expected.",
    hint: "Check the registry address with npm ping.",
  },
  EARCHIVE: {
    exit: 1,
    summary: "The archive is not one of a registry, or was damaged, cut off or changed.",
    hint: "Nothing was changed. Take another copy of it, or an earlier one.",
  },
  EUNEXPECTED: {
    exit: 1,
    summary: "The command failed.",
    hint: "If this looks like a bug, report it with the output of the same command and SKILLS_DEBUG=1.",
  },
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export interface ErrorDetails {
  hint?: string;
  issues?: Issue[];
  cause?: unknown;
  /** Seconds until a retry can succeed; becomes the `Retry-After` header. */
  retryAfter?: number;
  /** Full name that a skill has now; readers of its old one are sent there. */
  movedTo?: string;
}

/** The one error class of registry and CLI: a code of the table, a message for people, and findings where there are any. */
export class SkillsError extends Error {
  /** Known by its name: the host loads the plugin by a path of its own, and two copies of this module can meet in one process. */
  static override [Symbol.hasInstance](value: unknown): value is SkillsError {
    return value instanceof Error && value.name === SkillsError.name && "hint" in value;
  }

  readonly code: ErrorCode;
  readonly hint: string;
  readonly issues: Issue[];
  readonly retryAfter: number | undefined;
  readonly movedTo: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = "SkillsError";
    this.code = code;
    this.hint = details.hint ?? ERROR_TABLE[code].hint;
    this.issues = details.issues ?? [];
    this.retryAfter = details.retryAfter;
    this.movedTo = details.movedTo;
  }
}

/** HTTP status of a code; codes that only the CLI raises have none and count as a failure of the server. */
export function statusOf(code: ErrorCode): number {
  const rule: ErrorRule = ERROR_TABLE[code];
  return rule.status ?? 500;
}
