import { SkillsError, statusOf } from "@skills-registry/schema";
import { z } from "zod";
import { isSetupOpen, setUp } from "../../registry/setup.ts";
import { createToken } from "../../registry/tokens.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { notice } from "./components.ts";
import { sentence } from "./error-page.ts";
import { readForm } from "./forms.ts";
import { newAccountFields, requiredField } from "./fields.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { seeOther } from "./see-other.ts";
import { sessionCookie, sessionToken } from "./session.ts";

const setupForm = z.object({
  code: z.string().max(100),
  name: z.string().trim().max(128).optional(),
  password: z.string().max(1024).optional(),
});

/** `GET /setup`: not there when there is an operator. */
export async function showSetup({ parts }: Services, request: Request): Promise<Answer> {
  if (!(await isSetupOpen(parts))) throw new SkillsError("ENOTFOUND", "there is nothing at this address");
  return setupPage(request, { hasPasswords: hasPasswords(parts.config), name: "" });
}

/** `POST /setup`: the account of the session, or a new one, becomes the first operator. */
export async function sendSetup({ parts }: Services, request: Request): Promise<Answer> {
  const { caller } = request;
  const { code, name = "", password = "" } = await readForm(request, setupForm);
  const account = caller.account === null ? { name, password } : undefined;
  try {
    const operator = await setUp(parts, caller, { code, account });
    if (account === undefined) return seeOther("/operator");
    const { secret } = await createToken(parts, { ...caller, account: operator }, sessionToken(parts.now()));
    return seeOther("/operator", { "set-cookie": sessionCookie(secret, request.baseUrl) });
  } catch (error) {
    const isPage = error instanceof SkillsError && error.code !== "ENOTFOUND" && statusOf(error.code) < 500;
    if (!isPage) throw error;
    return setupPage(request, { hasPasswords: hasPasswords(parts.config), name, error });
  }
}

function hasPasswords({ providers }: Services["parts"]["config"]): boolean {
  return providers.some(({ type }) => type === "local");
}

interface SetupView {
  hasPasswords: boolean;
  /** What was typed before. */
  name: string;
  error?: SkillsError;
}

function setupPage(request: Request, view: SetupView): Answer {
  const { error } = view;
  const answer = page(request, {
    title: "Set up this registry",
    status: error === undefined ? 200 : statusOf(error.code),
    body: html`<div class="narrow">
      <h1>Set up this registry</h1>
      <p>
        Nobody runs this registry yet. Its first operator may lock accounts, withdraw versions and read the
        audit log, and can make other operators.
      </p>
      ${
        error === undefined
          ? null
          : html`<div role="alert">${notice("danger", html`${sentence(error.message)} ${error.hint}`)}</div>`
      }
      ${setupFields(request, view)}
    </div>`,
  });
  const retry = error?.retryAfter === undefined ? {} : { "retry-after": String(error.retryAfter) };
  return { ...answer, headers: { ...answer.headers, ...retry, "cache-control": "private, no-store" } };
}

function setupFields({ caller }: Request, { hasPasswords: offersAccount, name }: SetupView): Html {
  const { account } = caller;
  if (account === null && !offersAccount) {
    return html`<p>First log in with the account that is to be the operator, then come back here.</p>
      <p><a class="button button-primary" href="/login?next=%2Fsetup">Log in</a></p>`;
  }
  return html`<form action="/setup" method="post" class="panel">
      ${codeField()}
      ${
        account === null
          ? accountFields(name)
          : html`<p>Your account <strong>${account.name}</strong> becomes the operator.</p>`
      }
      <button class="button button-primary" type="submit">Become the operator</button>
    </form>
    ${
      account === null
        ? html`<p class="after-form muted">
            Have an account already? <a href="/login?next=%2Fsetup">Log in</a> first.
          </p>`
        : null
    }`;
}

function codeField(): Html {
  return requiredField({
    id: "code",
    label: "Setup code",
    autocomplete: "off",
    max: 100,
    help: "The registry printed it when it started. Each start prints another one, and only the last is good.",
  });
}

function accountFields(name: string): Html {
  const fields = newAccountFields("User name of your new account", name);
  return html`${fields.name} ${fields.password}`;
}
