import { SkillsError, statusOf } from "@skills-registry/schema";
import { z } from "zod";
import { type Choice, chooseName, findChoice } from "../../registry/identity/login-name.ts";
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
import { loginSecret } from "./login-cookies.ts";
import { loginFailure } from "./login-failure.ts";
import { seeOther } from "./see-other.ts";
import { sessionCookie, sessionToken } from "./session.ts";

const nameForm = z.object({ name: z.string().trim().max(128) });

/** `GET /choose-name`: after a first login whose name cannot be taken over. */
export async function showChoice({ parts }: Services, request: Request): Promise<Answer> {
  try {
    const choice = await findChoice(parts, secretOf(request));
    return choicePage(request, choice, { name: choice.prefix + choice.suggestion });
  } catch (error) {
    return loginFailure(request, error);
  }
}

/** `POST /choose-name`: makes the account and logs in, or says why the name cannot be had. */
export async function sendChoice(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const { name } = await readForm(request, nameForm);
  const secret = secretOf(request);
  try {
    const made = await chooseName(parts, request.caller, {
      secret,
      name,
      session: sessionToken(parts.now()),
    });
    await endSession(services, request);
    return seeOther(made.next, { "set-cookie": sessionCookie(made.secret, request.baseUrl) });
  } catch (error) {
    const isAboutName =
      error instanceof SkillsError && (error.code === "ENAMETAKEN" || error.code === "EBADNAME");
    if (!isAboutName) return loginFailure(request, error);
    return choicePage(request, await findChoice(parts, secret), { name, error });
  }
}

/** Empty, and of no flow, without a cookie. */
function secretOf(request: Request): string {
  return loginSecret(request, "skills-choice") ?? "";
}

function choicePage(
  request: Request,
  choice: Choice,
  { name, error }: { name: string; error?: SkillsError },
): Answer {
  const answer = page(request, {
    title: "Choose a name",
    status: error === undefined ? 200 : statusOf(error.code),
    body: html`<div class="narrow">
      <h1>Choose a name</h1>
      ${error === undefined ? null : alert(error)}
      <p>
        You are <strong>${choice.login}</strong> at ${choice.title}. Here that name is taken, or cannot be the
        name of an account.
      </p>
      <form action="/choose-name" method="post" class="panel">
        ${requiredField({
          id: "name",
          label: "Name of your account",
          value: name,
          autocomplete: "off",
          max: 64,
          help: rules(choice),
        })}
        <button class="button button-primary" type="submit">Create the account</button>
      </form>
    </div>`,
  });
  return { ...answer, headers: { ...answer.headers, "cache-control": "private, no-store" } };
}

function alert(error: SkillsError): Html {
  return html`<div role="alert">${notice("danger", html`${sentence(error.message)} ${error.hint}`)}</div>`;
}

function rules({ prefix, title }: Choice): Html {
  const characters = "Lower-case letters, digits and hyphens, at most 64. You publish under this name.";
  return prefix === ""
    ? html`${characters}`
    : html`${characters} It begins with <code>${prefix}</code>: other names belong to other people of
        ${title}.`;
}
