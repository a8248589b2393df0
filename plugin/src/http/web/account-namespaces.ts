import { requireAccount } from "../../registry/caller.ts";
import { mayCreate } from "../../registry/namespaces/create.ts";
import { namespacesOf } from "../../registry/namespaces/of-account.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { badge } from "./components.ts";
import { type Html, html } from "./html.ts";
import { namespaceSettingsUrl, namespaceUrl } from "./urls.ts";

/** The namespaces of an account with its role in each, and the way to a new org. */
export async function namespaceSection({ parts }: Services, { caller }: Request): Promise<Html> {
  const namespaces = await namespacesOf(parts, requireAccount(caller).id);
  return html`<section id="namespaces" aria-labelledby="namespaces-title">
    <h2 id="namespaces-title">Your namespaces</h2>
    <ul class="plain-list">
      ${namespaces.map(
        ({ name, kind, role }) =>
          html`<li>
            <span><a href="${namespaceUrl(name)}">@${name}</a> ${badge(role)}</span>
            <ul class="facts">
              <li>${kind === "org" ? "org" : "personal"}</li>
              ${
                role === "owner"
                  ? html`<li><a href="${namespaceSettingsUrl(name)}">Settings of @${name}</a></li>`
                  : null
              }
            </ul>
          </li>`,
      )}
    </ul>
    ${
      (await mayCreate(parts, caller))
        ? html`<p><a class="button" href="/namespaces/new">Create an org</a></p>`
        : null
    }
  </section>`;
}
