import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { namespaceUrl, skillUrl } from "./urls.ts";

/** Parts that several pages have. */

/** Hidden until page.js can make it work. */
export function copyButton(text: string, what = "command"): Html {
  return html`<button class="copy" type="button" data-copy="${text}" hidden>
    ${icon("copy")}<span>Copy</span><span class="visually-hidden"> the ${what}</span>
  </button>`;
}

/** A line for a shell. */
export function command(text: string): Html {
  return html`<div class="command"><code tabindex="0">${text}</code>${copyButton(text)}</div>`;
}

export type Tone = "plain" | "accent" | "warn" | "danger";

export function badge(text: string, tone: Tone = "plain"): Html {
  return html`<span class="badge badge-${tone}">${text}</span>`;
}

/** Something to know before the rest of the page. */
export function notice(tone: "plain" | "warn" | "danger", body: Html): Html {
  return html`<div class="notice notice-${tone}">
    ${icon("warning")}
    <div>${body}</div>
  </div>`;
}

/** Where a page below a namespace belongs, or one below a skill of it, by its full name. */
export function crumbs(namespace: string, skill?: string): Html {
  return html`<nav class="crumbs" aria-label="Breadcrumb">
    <a href="${namespaceUrl(namespace)}">@${namespace}</a> /
    ${skill === undefined ? null : html`<a href="${skillUrl(skill)}">${skill.slice(namespace.length + 2)}</a> /`}
  </nav>`;
}

/** Words as links to those skills that share them. */
export function chips(links: { href: string; text: string }[]): Html {
  return html`<ul class="chips">
    ${links.map(({ href, text }) => html`<li><a class="chip" href="${href}">${text}</a></li>`)}
  </ul>`;
}
