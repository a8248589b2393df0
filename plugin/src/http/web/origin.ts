import { type Html, html } from "./html.ts";

/** The same page at the registry that something is copied from. What was brought by hand has no address. */
export function originLink(url: string, path: string): Html {
  const address = URL.parse(url);
  if (address === null || !/^https?:$/.test(address.protocol)) return html`another registry, by hand`;
  return html`<a href="${url}${path}" rel="nofollow noopener noreferrer">${address.host}</a>`;
}
