import { SkillsError, statusOf } from "@skills-registry/schema";
import { z } from "zod";
import { isRegistrationOpen, registerAccount } from "../../registry/accounts.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { notice } from "./components.ts";
import { sentence } from "./error-page.ts";
import { endSession } from "./end-session.ts";
import { readForm } from "./forms.ts";
import { newAccountFields } from "./fields.ts";
import { html } from "./html.ts";
import { page } from "./layout.ts";
import { formCaller } from "./local-form.ts";
import { loginFailure } from "./login-failure.ts";
import { seeOther } from "./see-other.ts";
import { localPath, sessionCookie, sessionToken } from "./session.ts";

const registerForm = z.object({
  name: z.string().trim().max(128),
  email: z.string().trim().max(254),
  password: z.string().max(1024),
  next: z.string().max(4096).default("/account"),
});

/** `GET /register?next=`. */
export async function showRegistration({ parts }: Services, request: Request): Promise<Answer> {
  const next = localPath(request.query.get("next"));
  if (isRegistrationOpen(parts, request.caller)) return registerPage(request, { next, name: "", email: "" });
  const closed = new SkillsError("EREGISTRATIONCLOSED", "nobody can register here from where you are");
  return loginFailure(request, closed);
}

/** `POST /register`. */
export async function sendRegistration(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const { name, email, password, ...form } = await readForm(request, registerForm);
  const next = localPath(form.next);
  try {
    const { secret } = await registerAccount(parts, formCaller(request), {
      name,
      email: email === "" ? null : email,
      password,
      session: sessionToken(parts.now()),
    });
    await endSession(services, request);
    return seeOther(next, { "set-cookie": sessionCookie(secret, request.baseUrl) });
  } catch (error) {
    if (!(error instanceof SkillsError) || statusOf(error.code) >= 500) throw error;
    return registerPage(request, { next, name, email, error });
  }
}

interface RegisterView {
  next: string;
  /** What was typed before. */
  name: string;
  email: string;
  error?: SkillsError;
}

function registerPage(request: Request, { next, name, email, error }: RegisterView): Answer {
  const fields = newAccountFields("User name", name);
  const answer = page(request, {
    title: "Create an account",
    status: error === undefined ? 200 : statusOf(error.code),
    body: html`<div class="narrow">
      <h1>Create an account</h1>
      ${
        error === undefined
          ? null
          : html`<div role="alert">${notice("danger", html`${sentence(error.message)} ${error.hint}`)}</div>`
      }
      <form action="/register" method="post" class="panel">
        <input type="hidden" name="next" value="${next}" />
        ${fields.name}
        <div class="field">
          <label for="email">E-mail, if you like</label>
          <input
            class="input"
            id="email"
            name="email"
            type="email"
            value="${email}"
            autocomplete="email"
            maxlength="254"
          />
        </div>
        ${fields.password}
        <button class="button button-primary" type="submit">Create the account</button>
      </form>
      <p class="after-form muted">
        Have one already? <a href="/login?next=${encodeURIComponent(next)}">Log in</a>
      </p>
    </div>`,
  });
  return { ...answer, headers: { ...answer.headers, "cache-control": "private, no-store" } };
}
