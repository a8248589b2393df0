import type { SkillsError } from "@skills-registry/schema";
import type { Token, TokenKind } from "../../store/identity.ts";
import { badge, copyButton, notice } from "./components.ts";
import { ago, date } from "./format.ts";
import { type Html, html } from "./html.ts";

/** What the form for a new token holds. */
export interface TokenDraft {
  name: string;
  readonly: boolean;
  /** Empty for a token that does not expire. */
  days: string;
  /** Namespaces and skills that it is good for, as typed; empty for all. */
  packages: string;
  cidr: string;
}

export const NO_DRAFT: TokenDraft = { name: "", readonly: false, days: "30", packages: "", cidr: "" };

/** What tokens without a name are called. */
const KINDS: Record<TokenKind, string> = {
  login: "Login of a program",
  session: "Browser session",
  token: "(no name)",
  publish: "Run of CI",
};

export interface TokenList {
  now: Date;
  /** The token the page was asked with. */
  current: Token | null;
  /** Of the token that was just made. */
  secret: string | undefined;
}

/** Lifetimes to choose from, in days. */
const LIFETIMES = [
  ["7", "7 days"],
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "1 year"],
  ["", "no end"],
] as const;

/** The tokens of an account, and the secret of a new one, once. */
export function tokenList(tokens: Token[], { now, current, secret }: TokenList): Html {
  return html`${secret === undefined ? null : newSecret(secret)}
    <ul class="plain-list">
      ${tokens.map((token) => tokenItem(token, { now, isCurrent: token.id === current?.id }))}
    </ul>`;
}

function newSecret(secret: string): Html {
  return html`<div class="new-secret" role="status">
    <p><strong>Your new token. It is shown this once: keep it now.</strong></p>
    <div class="command"><code tabindex="0">${secret}</code>${copyButton(secret, "token")}</div>
  </div>`;
}

function tokenItem(token: Token, { now, isCurrent }: { now: Date; isCurrent: boolean }): Html {
  const name = token.name ?? KINDS[token.kind];
  const verb = isCurrent && token.kind === "session" ? "Log out" : "Revoke";
  return html`<li class="token">
    <div>
      <h3>${name} ${isCurrent ? badge("this browser", "accent") : null}</h3>
      <ul class="facts">
        <li><code>${token.hint}…</code></li>
        <li>${token.readonly ? "only reads" : "reads and publishes"}</li>
        ${token.packages.length === 0 ? null : html`<li>only for ${token.packages.join(", ")}</li>`}
        ${token.cidr.length === 0 ? null : html`<li>only from ${token.cidr.join(", ")}</li>`}
        <li>made ${ago(token.createdAt, now)}</li>
        <li>${token.lastUsedAt === null ? "never used" : html`last used ${ago(token.lastUsedAt, now)}`}</li>
        <li>${expiry(token, now)}</li>
      </ul>
    </div>
    <form action="/account/tokens/${token.id}/revoke" method="post">
      <button class="button button-danger" type="submit" aria-label="${verb} ${name} ${token.hint}">
        ${verb}
      </button>
    </form>
  </li>`;
}

function expiry({ expiresAt }: Token, now: Date): Html | string {
  if (expiresAt === null) return "never expires";
  return expiresAt <= now.toISOString() ? badge("expired", "danger") : `expires ${date(expiresAt)}`;
}

export interface TokenForm {
  error: SkillsError | undefined;
  /** Namespaces and skills to choose from; others can be typed. */
  places: string[];
  asksPassword: boolean;
}

/** The form for a new token. */
export function tokenForm(draft: TokenDraft, { error, places, asksPassword }: TokenForm): Html {
  return html`<details class="panel" ${error === undefined ? null : html`open`}>
    <summary>New token</summary>
    ${error === undefined ? null : html`<div role="alert">${notice("danger", html`${error.message}`)}</div>`}
    <form action="/account/tokens" method="post" class="form-grid">
      <div class="field">
        <label for="token-name">Name</label>
        <input
          class="input"
          id="token-name"
          name="name"
          value="${draft.name}"
          maxlength="100"
          autocomplete="off"
          required
        />
      </div>
      <div class="field">
        <label for="token-access">May</label>
        <select id="token-access" name="access">
          ${option("read-write", "read and publish", !draft.readonly)}
          ${option("read-only", "only read", draft.readonly)}
        </select>
      </div>
      <div class="field">
        <label for="token-days">Expires after</label>
        <select id="token-days" name="days">
          ${LIFETIMES.map(([value, label]) => option(value, label, value === draft.days))}
        </select>
      </div>
      <div class="field">
        <label for="token-packages">Only for</label>
        <input
          class="input"
          id="token-packages"
          name="packages"
          value="${draft.packages}"
          placeholder="@acme, @acme/contracts"
          maxlength="5000"
          autocomplete="off"
          list="token-places"
          aria-describedby="token-packages-help"
        />
        <datalist id="token-places">
          ${places.map((place) => html`<option value="${place}"></option>`)}
        </datalist>
        <p class="muted help" id="token-packages-help">Namespaces and skills. Empty: wherever you may.</p>
      </div>
      <div class="field">
        <label for="token-cidr">Only from these networks</label>
        <input
          class="input"
          id="token-cidr"
          name="cidr"
          value="${draft.cidr}"
          placeholder="10.0.0.0/8, 2001:db8::/32"
          maxlength="2000"
          autocomplete="off"
          aria-describedby="token-cidr-help"
        />
        <p class="muted help" id="token-cidr-help">Empty: from everywhere.</p>
      </div>
      ${asksPassword ? passwordField() : freshLoginNote()}
      <p class="form-end"><button class="button button-primary" type="submit">Make the token</button></p>
    </form>
  </details>`;
}

function passwordField(): Html {
  return html`<div class="field">
    <label for="token-password">Your password</label>
    <input
      class="input"
      id="token-password"
      name="password"
      type="password"
      maxlength="1024"
      autocomplete="current-password"
      required
    />
  </div>`;
}

function freshLoginNote(): Html {
  return html`<p class="muted">
    Your account has no password here: tokens can be made in the ten minutes after a login.
  </p>`;
}

function option(value: string, label: string, isChosen: boolean): Html {
  return html`<option value="${value}" ${isChosen ? html`selected` : null}>${label}</option>`;
}
