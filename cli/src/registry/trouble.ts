import { ERROR_TABLE, SkillsError } from "@skills-registry/schema/basics";
import { counted } from "../terminal/format.ts";

/** What goes wrong between here and a registry: what it is called, what to do, and whether trying again may help. */
interface Trouble {
  text: string;
  hint: string;
  passing: boolean;
}

const NETWORK = "Check the network and the proxy of .npmrc; with --offline, what is in the cache is used.";
const AUTHORITY =
  "Name the file with the certificate of its authority in .npmrc (cafile), or in NODE_EXTRA_CA_CERTS.";

const LOST = { text: "the connection was lost", hint: NETWORK, passing: true };
const SLOW = { text: "the connection timed out", hint: NETWORK, passing: true };
const NO_WAY = { text: "the network has no way there", hint: NETWORK, passing: true };
const UNKNOWN_AUTHORITY = {
  text: "its certificate is of an authority that is not known here",
  hint: AUTHORITY,
  passing: false,
};
const NO_TLS = {
  text: "it does not speak TLS as it should",
  hint: "Check whether the address begins with http or https.",
  passing: false,
};

/** By the codes of Node, OpenSSL and npm's agent. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  ECONNREFUSED: {
    text: "the connection was refused",
    hint: "Check the address, and whether the registry is up; with --offline, what is in the cache is used.",
    passing: true,
  },
  ECONNRESET: LOST,
  EPIPE: LOST,
  ETIMEDOUT: SLOW,
  ECONNECTIONTIMEOUT: SLOW,
  EIDLETIMEOUT: SLOW,
  ERESPONSETIMEOUT: SLOW,
  ETRANSFERTIMEOUT: SLOW,
  EHOSTUNREACH: NO_WAY,
  ENETUNREACH: NO_WAY,
  ENETDOWN: NO_WAY,
  EAI_AGAIN: { text: "its name could not be looked up", hint: NETWORK, passing: true },
  ENOTFOUND: { text: "there is no host of this name", hint: ERROR_TABLE.EREGISTRY.hint, passing: false },
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: {
    text: "its certificate has expired",
    hint: "Check the clock of this machine, and tell the operator of the registry.",
    passing: false,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    text: "its certificate is for another host",
    hint: "Check the address of the registry.",
    passing: false,
  },
  EINVALIDPROXY: {
    text: "the proxy is of a kind that npm does not know",
    hint: "Give https-proxy in .npmrc an address that begins with http, https or socks.",
    passing: false,
  },
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
};

/** Answers that mean: not now. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 420, 429]);

/** True where the same request may be answered well a little later. */
export function isPassing(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== undefined) return status >= 500 || PASSING_STATUSES.has(status);
  return error instanceof SilenceError || (troubleOf(error)?.passing ?? false);
}

/** Why a request failed, without a word of where it went. */
export function reasonOf(error: unknown): string {
  const status = statusOf(error);
  if (status !== undefined) return `the registry answered ${status}`;
  if (error instanceof SilenceError) return error.message;
  const code = codeOf(error) ?? "no reason known";
  return `${troubleOf(error)?.text ?? "the connection failed"} (${code})`;
}

/** An error of the network as one of ours; answers, refusals and errors of our own stay as they are. */
export function explained(error: unknown, host: string): unknown {
  const isOfNetwork =
    error instanceof Error && (error.name === "FetchError" || troubleOf(error) !== undefined);
  if (error instanceof SkillsError || statusOf(error) !== undefined) return error;
  if (isOddRedirect(error)) {
    const message = `${host} sends requests on to what is neither http nor https`;
    return new SkillsError("EREGISTRY", message, { cause: error });
  }
  if (!isOfNetwork && !(error instanceof SilenceError)) return error;
  const hint = error instanceof SilenceError ? SILENCE_HINT : (troubleOf(error)?.hint ?? NETWORK);
  return new SkillsError("EREGISTRY", `asking ${host} failed: ${reasonOf(error)}`, { hint, cause: error });
}

/** What npm's fetch says of a redirect to `file:` or the like, without any code. */
function isOddRedirect(error: unknown): boolean {
  return error instanceof TypeError && error.message.startsWith("Only HTTP(S)");
}

const SILENCE_HINT =
  "Try again; fetch-timeout in .npmrc says how long to wait, and with --offline what is in the cache is used.";

/** A registry that says nothing for longer than it is waited for. */
export class SilenceError extends Error {
  override readonly name = "SilenceError";
  constructor(milliseconds: number) {
    super(`the registry sent nothing for ${counted(Math.round(milliseconds / 100) / 10, "second")}`);
  }
}

function troubleOf(error: unknown): Trouble | undefined {
  const code = codeOf(error);
  return code !== undefined && Object.hasOwn(TROUBLES, code) ? TROUBLES[code] : undefined;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function statusOf(error: unknown): number | undefined {
  const has = error instanceof Error && "statusCode" in error && typeof error.statusCode === "number";
  return has ? Number(error.statusCode) : undefined;
}
