import { type SkillsError, statusOf } from "@skills-registry/schema";
import { hasPassword } from "../../registry/accounts.ts";
import { requireAccount } from "../../registry/caller.ts";
import { readableNames } from "../../registry/readable.ts";
import { searchSkills } from "../../registry/search/search.ts";
import type { Account, Token } from "../../store/identity.ts";
import type { SearchHit } from "../../store/search.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { namespaceSection } from "./account-namespaces.ts";
import { badge } from "./components.ts";
import { ago, date, plural } from "./format.ts";
import { type Html, html } from "./html.ts";
import { identitySection } from "./identities.ts";
import { page } from "./layout.ts";
import { NO_DRAFT, type TokenDraft, tokenForm, tokenList } from "./token-views.ts";
import { namespaceUrl, searchUrl, skillUrl } from "./urls.ts";

/** Skills and likes that are listed here; the others are found by searching. */
const LISTED_MAX = 50;
/** `GET /account`. */
export async function accountPage(services: Services, request: Request): Promise<Answer> {
  return await showAccount(services, request, { draft: NO_DRAFT });
}

export interface AccountView {
  /** What the form for a token holds. */
  draft: TokenDraft;
  /** Of the token that was just made; shown this once. */
  secret?: string;
  error?: SkillsError;
}

/** The page, with what the form for a token came to. */
export async function showAccount(services: Services, request: Request, view: AccountView): Promise<Answer> {
  const { parts } = services;
  const account = requireAccount(request.caller);
  const now = parts.now();
  const tokens = await parts.metadata.tokens(account.id);
  const likes = await parts.metadata.starredBy(account.name, await readableNames(parts, request.caller));
  const { hits, total } = await searchSkills(parts, request.caller, {
    text: `namespace:${account.name}`,
    sort: "updated",
    from: 0,
    size: LISTED_MAX,
    facets: false,
    bodies: false,
  });
  const memberships = await parts.metadata.memberships(account.id);
  const places = [...memberships.map(({ namespace }) => `@${namespace}`), ...hits.map(({ name }) => name)];
  return page(request, {
    title: "Your account",
    status: view.error === undefined ? 200 : statusOf(view.error.code),
    body: html`<header>
        <h1>${account.name}</h1>
        ${facts(account, request)}
      </header>
      <div class="sections">
        ${tokenSection({ tokens: tokens.filter(isCurrent(now)), now, current: request.caller.token, places, hasPassword: hasPassword(parts, account) }, view)}
        ${await identitySection(services, request)} ${await namespaceSection(services, request)}
        ${skillSection(hits, { account, total, now })} ${likeSection(likes)}
      </div>`,
  });
}

/** Sessions that ran out are nobody's business any more; a person's own tokens are shown until they are revoked. */
function isCurrent(now: Date): (token: Token) => boolean {
  return ({ kind, expiresAt }) => kind !== "session" || expiresAt === null || expiresAt > now.toISOString();
}

function facts(account: Account, { caller }: Request): Html {
  return html`<ul class="facts">
    <li>Member since ${date(account.createdAt)}</li>
    ${account.email === null || account.email === "" ? null : html`<li>${account.email}</li>`}
    <li>publishes as <a href="${namespaceUrl(account.name)}">@${account.name}</a></li>
    ${caller.operator ? html`<li>${badge("operator", "accent")}</li>` : null}
  </ul>`;
}

interface Tokens {
  tokens: Token[];
  now: Date;
  /** The one the page was asked with. */
  current: Token | null;
  /** Namespaces and skills of the account. */
  places: string[];
  hasPassword: boolean;
}

function tokenSection(shown: Tokens, { draft, secret, error }: AccountView): Html {
  const { now, current, places, hasPassword: asksPassword } = shown;
  return html`<section id="tokens" aria-labelledby="tokens-title">
    <h2 id="tokens-title">Tokens</h2>
    <p class="muted">
      What programs use in place of your password: <code>npm</code>, <code>skills</code>, and CI.
    </p>
    ${tokenList(shown.tokens, { now, current, secret })} ${tokenForm(draft, { error, places, asksPassword })}
  </section>`;
}

function skillSection(
  hits: SearchHit[],
  { account, total, now }: { account: Account; total: number; now: Date },
): Html {
  return html`<section aria-labelledby="skills-title">
    <h2 id="skills-title">Your skills</h2>
    ${
      hits.length === 0
        ? html`<p class="muted">You have published no skill yet.</p>`
        : html`<ul class="plain-list">
            ${hits.map(
              (hit) =>
                html`<li>
                  <a href="${skillUrl(hit.name)}">${hit.name}</a>
                  <ul class="facts">
                    <li>${hit.version}</li>
                    <li>${ago(hit.publishedAt, now)}</li>
                    <li>${plural(hit.downloads, "download")}</li>
                    <li>${plural(hit.likes, "like")}</li>
                    ${hit.restricted ? html`<li>${badge("restricted")}</li>` : null}
                    ${hit.deprecated ? html`<li>${badge("deprecated", "danger")}</li>` : null}
                  </ul>
                </li>`,
            )}
          </ul>`
    }
    ${
      total > hits.length
        ? html`<p><a href="${searchUrl({ q: `namespace:${account.name}` })}">All ${total} skills</a></p>`
        : null
    }
  </section>`;
}

function likeSection(likes: string[]): Html {
  const more = likes.length - LISTED_MAX;
  return html`<section aria-labelledby="likes-title">
    <h2 id="likes-title">Skills you like</h2>
    ${
      likes.length === 0
        ? html`<p class="muted">None yet. The heart on a skill's page puts it here.</p>`
        : html`<ul class="plain-list">
            ${likes.slice(0, LISTED_MAX).map((name) => html`<li><a href="${skillUrl(name)}">${name}</a></li>`)}
          </ul>`
    }
    ${more > 0 ? html`<p class="muted">and ${more} more</p>` : null}
  </section>`;
}
