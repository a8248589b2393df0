import { SkillsError, statusOf } from "@skills-registry/schema";
import { z } from "zod";
import { confirmPassword } from "../../registry/accounts.ts";
import { requireAccount } from "../../registry/authorize.ts";
import { DAY_MS } from "../../registry/days.ts";
import { searchSkills } from "../../registry/search/search.ts";
import { createToken, parseCidr, revokeToken, type TokenRequest } from "../../registry/tokens.ts";
import type { Account, Token } from "../../store/metadata.ts";
import type { SearchHit } from "../../store/search.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { badge } from "./components.ts";
import { readForm } from "./forms.ts";
import { ago, date, plural } from "./format.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { SESSION_NAME } from "./session.ts";
import { type TokenDraft, tokenForm, tokenList } from "./token-views.ts";
import { namespaceUrl, searchUrl, skillUrl } from "./urls.ts";

/** Skills and likes that are listed here; the others are found by searching. */
const LISTED_MAX = 50;
const CIDR_MAX = 32;

const NO_DRAFT: TokenDraft = { name: "", readonly: false, days: "30", cidr: "" };

const newToken = z.object({
  name: z.string().trim().min(1).max(100),
  access: z.enum(["read-only", "read-write"]),
  /** Days; empty for a token that does not expire. */
  days: z.string().regex(/^(|[1-9]\d{0,3})$/),
  cidr: z.string().max(2_000),
  password: z.string().min(1).max(1024),
});

/** `GET /account`. */
export async function accountPage(services: Services, request: Request): Promise<Answer> {
  return await showAccount(services, request, { draft: NO_DRAFT });
}

/** `POST /account/tokens`: asks for the password again, so that who finds an open browser cannot make a token. */
export async function createAccountToken(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const form = await readForm(request, newToken);
  const draft = { name: form.name, readonly: form.access === "read-only", days: form.days, cidr: form.cidr };
  try {
    const wish = toTokenRequest(draft, parts.now());
    await confirmPassword(parts, request.caller, form.password);
    const { secret } = await createToken(parts, request.caller, wish);
    return await showAccount(services, request, { draft: NO_DRAFT, secret });
  } catch (error) {
    if (!(error instanceof SkillsError) || statusOf(error.code) >= 500) throw error;
    return await showAccount(services, request, { draft, error });
  }
}

/** `POST /account/tokens/:key/revoke`. */
export async function revokeAccountToken(services: Services, request: Request): Promise<Answer> {
  await revokeToken(services.parts, request.caller, request.params["key"] ?? "");
  return await backToAccount();
}

/** `GET` of the addresses that forms are sent to, where a login leads that a form was sent without. */
export async function backToAccount(): Promise<Answer> {
  return { status: 303, headers: { location: "/account#tokens" }, body: { kind: "none" } };
}

function toTokenRequest({ name, readonly, days, cidr }: TokenDraft, now: Date): TokenRequest {
  const networks = cidr.split(/[\s,]+/).filter((network) => network !== "");
  if (networks.length > CIDR_MAX) throw new SkillsError("EBADREQUEST", `more than ${CIDR_MAX} networks`);
  const expiresAt = days === "" ? null : new Date(now.getTime() + Number(days) * DAY_MS).toISOString();
  return { name, readonly, cidr: networks.map(parseCidr), expiresAt };
}

interface AccountView {
  /** What the form for a token holds. */
  draft: TokenDraft;
  /** Of the token that was just made; shown this once. */
  secret?: string;
  error?: SkillsError;
}

async function showAccount(services: Services, request: Request, view: AccountView): Promise<Answer> {
  const { parts } = services;
  const account = requireAccount(request.caller);
  const now = parts.now();
  const tokens = await parts.metadata.tokens(account.id);
  const likes = await parts.metadata.starredBy(account.name);
  const { hits, total } = await searchSkills(parts, request.caller, {
    text: `namespace:${account.name}`,
    sort: "updated",
    from: 0,
    size: LISTED_MAX,
    facets: false,
    bodies: false,
  });
  return page(request, {
    title: "Your account",
    status: view.error === undefined ? 200 : statusOf(view.error.code),
    body: html`<header>
        <h1>${account.name}</h1>
        ${facts(account, request)}
      </header>
      <div class="sections">
        ${tokenSection({ tokens: tokens.filter(isCurrent(now)), now, current: request.caller.token }, view)}
        ${skillSection(hits, { account, total, now })} ${likeSection(likes)}
      </div>`,
  });
}

/** Sessions that ran out are nobody's business any more; a person's own tokens are shown until they are revoked. */
function isCurrent(now: Date): (token: Token) => boolean {
  return ({ name, expiresAt }) =>
    name !== SESSION_NAME || expiresAt === null || expiresAt > now.toISOString();
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
}

function tokenSection(shown: Tokens, { draft, secret, error }: AccountView): Html {
  return html`<section id="tokens" aria-labelledby="tokens-title">
    <h2 id="tokens-title">Tokens</h2>
    <p class="muted">
      What programs use in place of your password: <code>npm</code>, <code>skills</code>, and CI.
    </p>
    ${tokenList(shown.tokens, { now: shown.now, current: shown.current, secret })} ${tokenForm(draft, error)}
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
