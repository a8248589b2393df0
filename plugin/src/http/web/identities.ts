import { z } from "zod";
import { confirmPassword, hasPassword } from "../../registry/accounts.ts";
import { requireAccount } from "../../registry/caller.ts";
import { unlinkIdentity } from "../../registry/identity/link.ts";
import type { Provider } from "../../registry/identity/provider.ts";
import type { Identity } from "../../store/identity.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { readForm } from "./forms.ts";
import { date } from "./format.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { loginFailure } from "./login-failure.ts";
import { begin } from "./provider-login.ts";
import { seeOther } from "./see-other.ts";

const SECTION = "/account#identities";

const connectForm = z.object({ provider: z.string().max(64), password: z.string().max(1024).default("") });
const disconnectForm = z.object({ provider: z.string().max(64), subject: z.string().max(512) });

/** The logins of an account at providers, and forms to change them; nothing where the registry has no provider. */
export async function identitySection({ parts }: Services, { caller }: Request): Promise<Html | null> {
  const account = requireAccount(caller);
  const identities = await parts.metadata.identities(account.id);
  if (parts.providers.length === 0 && identities.length === 0) return null;
  return html`<section id="identities" aria-labelledby="identities-title">
    <h2 id="identities-title">Logins elsewhere</h2>
    ${
      identities.length === 0
        ? html`<p class="muted">None yet. A login that you connect leads to this account, too.</p>`
        : html`<ul class="plain-list">
            ${identities.map((identity) => identityItem(identity, parts.providers))}
          </ul>`
    }
    ${parts.providers.map((provider) => connect(provider, hasPassword(parts, account)))}
  </section>`;
}

function identityItem({ provider, subject, login, createdAt }: Identity, providers: Provider[]): Html {
  const title = providers.find(({ id }) => id === provider)?.title ?? provider;
  return html`<li class="token">
    <div>
      <h3>${login}</h3>
      <ul class="facts">
        <li>${title}</li>
        <li>since ${date(createdAt)}</li>
      </ul>
    </div>
    <form action="/account/identities/disconnect" method="post">
      <input type="hidden" name="provider" value="${provider}" />
      <input type="hidden" name="subject" value="${subject}" />
      <button class="button button-danger" type="submit" aria-label="Disconnect ${login} of ${title}">
        Disconnect
      </button>
    </form>
  </li>`;
}

/** Asks for the password where there is one: who finds an open browser could else keep a way in. */
function connect({ id, title }: Provider, asksPassword: boolean): Html {
  const field = `connect-${id}-password`;
  return html`<details class="panel">
    <summary>Connect a login of ${title}</summary>
    <form action="/account/identities/connect" method="post">
      <input type="hidden" name="provider" value="${id}" />
      ${
        asksPassword
          ? html`<div class="field">
              <label for="${field}">Your password here</label>
              <input
                class="input"
                id="${field}"
                name="password"
                type="password"
                maxlength="1024"
                autocomplete="current-password"
                required
              />
            </div>`
          : null
      }
      <button class="button" type="submit">Go to ${title}</button>
    </form>
  </details>`;
}

/**
 * `POST /account/identities/connect`. A form, so that no other site makes us begin: somebody else's login would be connected.
 * Its answer is a page that leads on by itself: browsers stop forms that are redirected to other sites.
 */
export async function connectIdentity({ parts }: Services, request: Request): Promise<Answer> {
  const { provider, password } = await readForm(request, connectForm);
  try {
    await confirmPassword(parts, request.caller, password);
    const { address, cookie } = await begin(parts, request, { provider, next: SECTION, link: true });
    const answer = page(request, {
      title: "On to the login",
      body: html`<div class="narrow">
        <h1>On to the login</h1>
        <p>Your browser goes there by itself in a moment.</p>
        <p><a class="button button-primary" href="${address.href}">Go on</a></p>
      </div>`,
    });
    return {
      ...answer,
      headers: { ...answer.headers, "set-cookie": cookie, refresh: `0; url=${address.href}` },
    };
  } catch (error) {
    return loginFailure(request, error);
  }
}

/** `POST /account/identities/disconnect`. */
export async function disconnectIdentity({ parts }: Services, request: Request): Promise<Answer> {
  const identity = await readForm(request, disconnectForm);
  try {
    await unlinkIdentity(parts, request.caller, identity);
    return seeOther(SECTION);
  } catch (error) {
    return loginFailure(request, error);
  }
}

/** `GET` of the addresses that the forms are sent to, where a login leads that a form was sent without. */
export async function backToIdentities(): Promise<Answer> {
  return seeOther(SECTION);
}
