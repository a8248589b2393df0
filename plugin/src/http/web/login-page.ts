import { SkillsError, statusOf } from "@skills-registry/schema";
import { z } from "zod";
import { isRegistrationOpen, logIn } from "../../registry/accounts.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { notice } from "./components.ts";
import { sentence } from "./error-page.ts";
import { endSession } from "./end-session.ts";
import { readForm } from "./forms.ts";
import { requiredField } from "./fields.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { formCaller } from "./local-form.ts";
import { seeOther } from "./see-other.ts";
import { endedCookie, localPath, sessionCookie, sessionToken } from "./session.ts";

const loginForm = z.object({
  name: z.string().trim().min(1).max(128),
  password: z.string().min(1).max(1024),
  next: z.string().max(4096).default("/account"),
});

/** `GET /login?next=`. */
export async function showLogin(services: Services, request: Request): Promise<Answer> {
  const next = localPath(request.query.get("next"));
  if (request.caller.account !== null) return seeOther(next);
  return loginPage(services, request, { next, name: "" });
}

/** `POST /login`: name and password for a session. Never registers an account, whatever npm login does. */
export async function sendLogin(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const { name, password, ...form } = await readForm(request, loginForm);
  const next = localPath(form.next);
  try {
    const session = sessionToken(parts.now());
    const { secret } = await logIn(parts, request.caller, { name, password, session });
    await endSession(services, request);
    return seeOther(next, { "set-cookie": sessionCookie(secret, request.baseUrl) });
  } catch (error) {
    if (!(error instanceof SkillsError) || statusOf(error.code) >= 500) throw error;
    return loginPage(services, request, { next, name, error });
  }
}

/** `POST /logout`: the session is over for the registry too, not only for this browser. */
export async function logOut(services: Services, request: Request): Promise<Answer> {
  await endSession(services, request);
  return seeOther("/", { "set-cookie": endedCookie(request.baseUrl) });
}

interface LoginView {
  next: string;
  /** What was typed before. */
  name: string;
  error?: SkillsError;
}

function loginPage({ parts }: Services, request: Request, view: LoginView): Answer {
  const { error } = view;
  const { providers, config } = parts;
  const hasPasswords = config.providers.some(({ type }) => type === "local");
  const answer = page(request, {
    title: "Log in",
    status: error === undefined ? 200 : statusOf(error.code),
    body: html`<div class="narrow">
      <h1>Log in</h1>
      ${error === undefined ? null : html`<div role="alert">${notice("danger", html`${sentence(error.message)}`)}</div>`}
      ${
        providers.length === 0
          ? null
          : html`<ul class="providers">
              ${providers.map(({ id, title }) => providerLink(id, title, view.next))}
            </ul>`
      }
      ${hasPasswords && providers.length > 0 ? html`<p class="divider">or with a password</p>` : null}
      ${hasPasswords ? passwordForm(view) : null}
      ${isRegistrationOpen(parts, formCaller(request)) ? registration(view.next) : null}
    </div>`,
  });
  const retry = error?.retryAfter === undefined ? {} : { "retry-after": String(error.retryAfter) };
  return { ...answer, headers: { ...answer.headers, ...retry, "cache-control": "private, no-store" } };
}

function providerLink(id: string, title: string, next: string): Html {
  return html`<li>
    <a class="button" href="/login/${id}?next=${encodeURIComponent(next)}">Log in with ${title}</a>
  </li>`;
}

function passwordForm({ next, name }: LoginView): Html {
  return html`<form action="/login" method="post" class="panel">
    <input type="hidden" name="next" value="${next}" />
    ${requiredField({ id: "name", label: "User name", value: name, autocomplete: "username", max: 128 })}
    ${requiredField({
      id: "password",
      label: "Password",
      type: "password",
      autocomplete: "current-password",
      max: 1024,
    })}
    <button class="button button-primary" type="submit">Log in</button>
  </form>`;
}

function registration(next: string): Html {
  return html`<p class="after-form">
    No account yet? <a href="/register?next=${encodeURIComponent(next)}">Create an account</a>
  </p>`;
}
