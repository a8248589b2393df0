import { createHash } from "node:crypto";
import { QUERY_MAX } from "../../registry/search/search.ts";
import { type Answer, bytes } from "../answer.ts";
import type { Request } from "../request.ts";
import { assetUrl } from "./assets.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";

/**
 * Pages load what is ours and nothing else: a user's Markdown that got past the sanitiser could still not run, load or send
 * anything. `data:` is for our own small pictures.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export interface PageContent {
  /** Of the tab, without the name of the registry. */
  title: string;
  /** One sentence, for previews of links. */
  description?: string;
  body: Html;
  /** 200 when absent. */
  status?: number;
  /** The page has a search field of its own: the header has none. */
  ownSearch?: boolean;
}

/** What a page tells of its request; null where nothing is known about it, as when it was refused. */
export type PageRequest = Pick<Request, "caller" | "path" | "query"> | null;

/** A whole page around `body`, which stands in `<main>` and begins with an `<h1>`. */
export function page(request: PageRequest, content: PageContent): Answer {
  const text = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${content.title} · Skills registry</title>
        ${
          content.description === undefined
            ? null
            : html`<meta name="description" content="${content.description}" />`
        }
        <script src="${assetUrl("theme.js")}"></script>
        <link rel="stylesheet" href="${assetUrl("style.css")}" />
        <link rel="icon" href="${assetUrl("icon.svg")}" type="image/svg+xml" />
        <script src="${assetUrl("page.js")}" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        ${header(request, content)}
        <main id="main" tabindex="-1">${content.body}</main>
        <p id="status" class="visually-hidden" role="status"></p>
        ${footer()}
      </body>
    </html>`;
  return htmlAnswer(request, content.status ?? 200, text);
}

/** Markup as an answer: a whole page, or a part that page.js puts into one. */
export function htmlAnswer(request: PageRequest, status: number, text: Html): Answer {
  const content = Buffer.from(text.toString());
  const isPrivate = request === null || request.caller.account !== null;
  return bytes(status, content, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": PAGE_POLICY,
    // Forms have to say where they come from (cross-site.ts), other sites need not know what was read here.
    "referrer-policy": "same-origin",
    vary: "cookie, accept",
    ...(isPrivate
      ? { "cache-control": "private, no-store" }
      : {
          "cache-control": "no-cache",
          etag: `W/"${createHash("sha1").update(content).digest("base64url")}"`,
        }),
  });
}

function header(request: PageRequest, content: PageContent): Html {
  return html`<header class="site-header">
    <div class="bar">
      <a class="brand" href="/">${icon("mark")}<span>Skills registry</span></a>
      ${content.ownSearch === true ? null : headerSearch(request)}
      <nav class="site-nav" aria-label="Account">
        ${request === null ? null : accountLinks(request)}
        <button
          class="icon-button"
          type="button"
          id="theme"
          aria-label="Dark theme"
          aria-pressed="false"
          hidden
        >
          ${icon("theme")}
        </button>
      </nav>
    </div>
  </header>`;
}

function headerSearch(request: PageRequest): Html {
  return html`<search class="header-search">
    <form action="/search" method="get">
      <label class="visually-hidden" for="q">Search skills</label>
      ${icon("search")}
      <input
        id="q"
        name="q"
        type="search"
        placeholder="Search skills"
        value="${request?.query.get("q") ?? ""}"
        maxlength="${QUERY_MAX}"
        autocomplete="off"
        spellcheck="false"
      />
      <kbd aria-hidden="true" hidden>/</kbd>
    </form>
  </search>`;
}

function accountLinks(request: NonNullable<PageRequest>): Html {
  const { account, operator } = request.caller;
  if (account === null) {
    return html`<a href="/login?next=${encodeURIComponent(addressOf(request))}">Log in</a>`;
  }
  return html`${operator ? html`<a href="/operator">Operator</a>` : null}
    <a href="/account">${account.name}</a>
    <form action="/logout" method="post"><button class="link-button" type="submit">Log out</button></form>`;
}

/** Where a login leads back to. */
function addressOf({ path, query }: NonNullable<PageRequest>): string {
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

function footer(): Html {
  return html`<footer class="site-footer">
    <div class="bar">
      <nav aria-label="About">
        <a href="/search">All skills</a>
        <a href="/api">API</a>
        <a href="https://agentskills.io" rel="noopener">What is a skill?</a>
      </nav>
    </div>
  </footer>`;
}
