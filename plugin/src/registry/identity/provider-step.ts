import { SkillsError } from "@skills-registry/schema";
import {
  AuthorizationResponseError,
  ClientError,
  type CustomFetch,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from "openid-client";
import { isLoopback } from "../trust/fetch-json.ts";

/** A person waits in a browser; all requests of one step of a login share this. */
export const STEP_MS = 10_000;
/** Tokens, key sets and a page of organizations have some 100 kB at most; more is garbage, and must not fill the memory. */
const BYTES_MAX = 1024 * 1024;

/** Fetch with the limits of one step: time, size, no redirects, https unless it is this machine. */
export type StepFetch = CustomFetch;

interface StepOptions {
  /** Of the provider, for messages. */
  title: string;
  timeoutMs: number;
}

/**
 * Runs one step of a login at a provider. Throws EFORBIDDEN for what the person did, EPROVIDER for everything that the provider
 * did, without anything it sent: that may hold tokens.
 */
export async function providerStep<T>(
  { title, timeoutMs }: StepOptions,
  work: (fetch: StepFetch) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await work(async (url, options) => {
      const both = options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]);
      return await boundedFetch(title, url, { ...options, signal: both });
    });
  } catch (error) {
    if (signal.aborted) throw providerFault(title, `did not answer within ${timeoutMs / 1000} seconds`);
    throw ownError(error) ?? personsFault(title, error) ?? providerFault(title, reasonOf(error));
  }
}

/** The provider did wrong: `GitHub cannot be reached`. */
export function providerFault(title: string, what: string): SkillsError {
  return new SkillsError("EPROVIDER", `${title} ${what}`);
}

/** OAuth's name of an error that a provider answered with; undefined for every other failure. */
export function oauthError(error: unknown): string | undefined {
  const isAnswer = error instanceof ResponseBodyError || error instanceof AuthorizationResponseError;
  return isAnswer ? error.error : undefined;
}

async function boundedFetch(
  title: string,
  address: string,
  options: Parameters<StepFetch>[1],
): Promise<Response> {
  const url = new URL(address);
  // A discovery document may name any address; credentials go over no open wire.
  if (url.protocol !== "https:" && !isLoopback(url))
    throw providerFault(title, "names an address that is not https");
  const answer = await send(title, url, options);
  if (answer.status >= 300 && answer.status < 400) {
    await answer.body?.cancel();
    throw providerFault(title, "redirects to another address");
  }
  const body = await readBounded(title, answer);
  return new Response(body.length === 0 ? null : body, { status: answer.status, headers: answer.headers });
}

async function send(title: string, url: URL, options: Parameters<StepFetch>[1]): Promise<Response> {
  const { method, headers, body, signal = null } = options;
  // All that the library sends are forms.
  const form = body instanceof URLSearchParams ? body : null;
  try {
    return await fetch(url, { method, headers, signal, body: form, redirect: "manual" });
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw providerFault(title, "cannot be reached");
  }
}

async function readBounded(title: string, answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by a throw closes the connection.
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > BYTES_MAX) throw providerFault(title, `answered with more than ${BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What was thrown here, however deep the library has wrapped it. */
function ownError(error: unknown): SkillsError | undefined {
  if (error instanceof SkillsError) return error;
  return error instanceof Error && error.cause !== undefined ? ownError(error.cause) : undefined;
}

/** Codes that are used up, forged or too old, by OAuth's names and GitHub's. */
const OVER = new Set(["invalid_grant", "expired_token", "bad_verification_code", "incorrect_device_code"]);

function personsFault(title: string, error: unknown): SkillsError | undefined {
  const name = oauthError(error) ?? "";
  const hint = "Log in again.";
  if (name === "access_denied")
    return new SkillsError("EFORBIDDEN", `the login at ${title} was declined`, { hint });
  if (!OVER.has(name)) return undefined;
  return new SkillsError("EFORBIDDEN", `the login at ${title} is over, or was used before`, { hint });
}

/** By the library's codes. */
const REASONS: Record<string, string> = {
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: "sent an ID token that was not made for this login",
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: "sent an ID token that is not valid at this time",
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: "says that it is somebody else",
  OAUTH_KEY_SELECTION_FAILED: "signed the ID token with a key that it does not publish",
  OAUTH_UNSUPPORTED_OPERATION: "signs in a way that is not accepted",
};

function reasonOf(error: unknown): string {
  const name = oauthError(error);
  // The name comes from outside, perhaps by way of somebody's browser.
  if (name !== undefined) return `refused with ${/^[a-z_]{1,40}$/.test(name) ? name : "an error"}`;
  if (error instanceof WWWAuthenticateChallengeError)
    return "does not accept the registry's id and secret, or a token";
  const code = error instanceof ClientError ? (error.code ?? "") : "";
  return REASONS[code] ?? `answered what it should not${code === "" ? "" : ` (${code})`}`;
}
