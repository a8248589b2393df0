import { ERROR_TABLE, type SkillsError, statusOf } from "@skills-registry/schema";
import type { Answer } from "../answer.ts";
import { retryHeader } from "../failure.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";

/** What people read first; the message says the rest. */
const TITLES: Record<number, string> = {
  400: "That is not a valid request",
  401: "That needs a login",
  403: "That is not allowed",
  404: "Nothing here",
  405: "That does not work here",
  413: "That is too large",
  429: "Too many requests",
  451: "That version was withdrawn",
  503: "Storage failed",
};

/**
 * What a person sees instead of the page they asked for. `back` is its address if a login would show it: then they log in first;
 * else null.
 */
export function errorPage(error: SkillsError, requestId: string, back: string | null): Answer {
  const status = statusOf(error.code);
  if (status === 401 && back !== null) return toLogin(back);
  const isProvider = error.code === "EPROVIDER";
  const title = isProvider
    ? "The login did not work"
    : (TITLES[status] ?? (status >= 500 ? "Something failed" : ERROR_TABLE[error.code].summary));
  const answer = page(null, { title, status, body: errorBody(error, { title, requestId, status }) });
  return { ...answer, headers: { ...answer.headers, ...retryHeader(error), "x-request-id": requestId } };
}

function toLogin(url: string): Answer {
  const location = `/login?next=${encodeURIComponent(url)}`;
  return { status: 303, headers: { location, "cache-control": "no-store" }, body: { kind: "none" } };
}

/** Of our own faults it tells the number to ask for, and nothing of their inside. */
function errorBody(
  error: SkillsError,
  { title, requestId, status }: { title: string; requestId: string; status: number },
): Html {
  return html`<div class="error-page">
    <p class="error-status">${status}</p>
    <h1>${title}</h1>
    <p class="lead">${sentence(error.message)}</p>
    ${status === 404 ? null : html`<p class="muted">${error.hint}</p>`}
    ${status >= 500 ? html`<p class="muted">Request <code>${requestId}</code></p>` : null}
    <p class="error-links">
      ${error.code === "EPROVIDER" ? html`<a class="button" href="/login">Log in again</a>` : null}
      <a class="button button-primary" href="/">Home</a> <a class="button" href="/search">Search skills</a>
    </p>
  </div>`;
}

/** Messages begin small, as npm prints them after a code. */
export function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
