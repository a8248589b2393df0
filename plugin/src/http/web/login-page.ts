import { SkillsError, statusOf } from "@skills-registry/schema";
import { z } from "zod";
import { logIn } from "../../registry/accounts.ts";
import { revokeToken } from "../../registry/tokens.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { command, notice } from "./components.ts";
import { readForm } from "./forms.ts";
import { html } from "./html.ts";
import { page } from "./layout.ts";
import { endedCookie, localPath, SESSION_NAME, sessionCookie, sessionToken } from "./session.ts";

const loginForm = z.object({
  name: z.string().trim().min(1).max(128),
  password: z.string().min(1).max(1024),
  next: z.string().max(4096).default("/account"),
});

/** `GET /login?next=`. */
export async function showLogin(_services: Services, request: Request): Promise<Answer> {
  const next = localPath(request.query.get("next"));
  return request.caller.account === null ? loginPage(request, { next, name: "" }) : seeOther(next);
}

/** `POST /login`: name and password for a session. Never registers an account, whatever npm login does. */
export async function sendLogin(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const form = await readForm(request, loginForm);
  const next = localPath(form.next);
  try {
    const session = sessionToken(parts.now());
    const { secret } = await logIn(parts, request.caller, {
      name: form.name,
      password: form.password,
      session,
    });
    await endSession(services, request);
    return seeOther(next, { "set-cookie": sessionCookie(secret, request.baseUrl) });
  } catch (error) {
    if (!(error instanceof SkillsError) || statusOf(error.code) >= 500) throw error;
    return loginPage(request, { next, name: form.name, error });
  }
}

/** `POST /logout`: the session is over for the registry too, not only for this browser. */
export async function logOut(services: Services, request: Request): Promise<Answer> {
  await endSession(services, request);
  return seeOther("/", { "set-cookie": endedCookie(request.baseUrl) });
}

/** Revokes the session that the request came with, if there was one; other tokens are not a browser's to end by logging out. */
async function endSession({ parts }: Services, { caller }: Request): Promise<void> {
  if (caller.token?.name === SESSION_NAME) await revokeToken(parts, caller, caller.token.id);
}

function seeOther(location: string, headers: Record<string, string> = {}): Answer {
  return {
    status: 303,
    headers: { location, "cache-control": "private, no-store", ...headers },
    body: { kind: "none" },
  };
}

interface LoginView {
  next: string;
  /** What was typed before. */
  name: string;
  error?: SkillsError;
}

function loginPage(request: Request, { next, name, error }: LoginView): Answer {
  const answer = page(request, {
    title: "Log in",
    status: error === undefined ? 200 : statusOf(error.code),
    body: html`<div class="narrow">
      <h1>Log in</h1>
      ${error === undefined ? null : html`<div role="alert">${notice("danger", html`${error.message}`)}</div>`}
      <form action="/login" method="post" class="panel">
        <input type="hidden" name="next" value="${next}" />
        <div class="field">
          <label for="name">User name</label>
          <input
            class="input"
            id="name"
            name="name"
            value="${name}"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            maxlength="128"
            required
          />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input
            class="input"
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            maxlength="1024"
            required
          />
        </div>
        <button class="button button-primary" type="submit">Log in</button>
      </form>
      <section class="after-form" aria-labelledby="no-account">
        <h2 id="no-account">No account yet?</h2>
        <p class="muted">Accounts are made from a terminal, where this registry allows it.</p>
        ${command(`npm login --registry ${request.baseUrl}/`)}
      </section>
    </div>`,
  });
  const retry = error?.retryAfter === undefined ? {} : { "retry-after": String(error.retryAfter) };
  return { ...answer, headers: { ...answer.headers, ...retry, "cache-control": "private, no-store" } };
}
