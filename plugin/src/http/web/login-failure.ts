import { SkillsError, statusOf } from "@skills-registry/schema";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import { sentence } from "./error-page.ts";
import { html } from "./html.ts";
import { page } from "./layout.ts";

/**
 * What a person sees whose login was refused on its way: why, and where to begin again. What is our fault, or the provider's, is thrown
 * on, for the operator to see.
 */
export function loginFailure(request: Request, thrown: unknown): Answer {
  if (!(thrown instanceof SkillsError) || statusOf(thrown.code) >= 500) throw thrown;
  const answer = page(request, {
    title: "The login did not work",
    status: statusOf(thrown.code),
    body: html`<div class="narrow">
      <h1>The login did not work</h1>
      <p>${sentence(thrown.message)}</p>
      <p class="muted">${thrown.hint}</p>
      <p class="error-links">
        ${
          request.caller.account === null
            ? html`<a class="button button-primary" href="/login">Log in again</a>`
            : html`<a class="button button-primary" href="/account">Your account</a>`
        }
        <a class="button" href="/">Home</a>
      </p>
    </div>`,
  });
  return { ...answer, headers: { ...answer.headers, "cache-control": "private, no-store" } };
}
