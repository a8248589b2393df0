import { type Found, type Source, spend } from "./source.ts";

/** Before `://`: what a program would connect to. */
const SCHEME = /(?:https?|wss?|s?ftps?|ssh|git)$/i;
const SCHEME_MAX = 6;
/** Characters of what stands between `://` and the path, user and port included. */
const AUTHORITY_MAX = 300;
/** Ends the authority, once placeholders are out of it. */
const AUTHORITY_END = /[\s\\?#"'`,;|()<>[\]{}]|[^\p{ASCII}\p{L}\p{N}]/u;
/** `${NAME}`, `{{name}}`, `<name>`, `[name]`, `$NAME`, `%s`: part of an address that is filled in. */
const PLACEHOLDER = /\$?\{{1,2}[^{}]{0,100}\}{1,2}|<[^<>]{0,100}>|\[[^[\]]{0,100}\]|\$\(?\w{1,100}\)?|%s/g;
const HOST = /^[\p{L}\p{N}_*-]{1,63}(?:\.[\p{L}\p{N}_*-]{1,63}){1,20}/u;

/** Names that RFC 2606 and 6761 reserve, this machine, and addresses that are made for documentation. */
const RESERVED =
  /(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost|local)$|^(?:127\.|0\.0\.0\.0$|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)/;
/** They name formats of XML; nothing is ever fetched from them. */
const NAMES_ONLY = new Set(["www.w3.org", "schemas.openxmlformats.org", "schemas.microsoft.com"]);

/** The hosts that a text names by addresses; `*` stands for what is filled in later. */
export function* hostsIn({ text, budget }: Source): Generator<Found> {
  for (let at = text.indexOf("://"); at !== -1; at = text.indexOf("://", at + 3)) {
    if (!spend(budget)) return;
    if (!SCHEME.test(text.slice(Math.max(0, at - SCHEME_MAX), at))) continue;
    const host = hostOf(text.slice(at + 3, at + 3 + AUTHORITY_MAX));
    if (host !== undefined) yield { subject: host, offset: at };
  }
}

/** What is before an `@` is a user: `https://good.example@evil.example` leads to the latter. */
function hostOf(rest: string): string | undefined {
  // Cut at the path first: a text may be all addresses, and each is looked at once then.
  const filled = (rest.split("/", 1)[0] ?? "").replace(PLACEHOLDER, "*");
  const authority = filled.split(AUTHORITY_END, 1)[0] ?? "";
  const host = HOST.exec(authority.slice(authority.lastIndexOf("@") + 1))?.[0].replace(/[.*-]+$/, "");
  return host === undefined ? undefined : hostNamed(host);
}

/** The name as it is looked up; undefined where it is reserved, or names nobody. */
export function hostNamed(text: string): string | undefined {
  const host = text.toLowerCase();
  const ascii = /^\p{ASCII}*$/u.test(host) ? host : URL.parse(`http://${host}`)?.hostname;
  if (ascii === undefined || ascii.length > 253 || !isSpecific(ascii)) return undefined;
  return RESERVED.test(ascii) || NAMES_ONLY.has(ascii) ? undefined : ascii;
}

/** The last part is never filled in, or nobody is named; of numbers there are four. */
function isSpecific(host: string): boolean {
  const parts = host.split(".");
  const last = parts.at(-1) ?? "";
  if (/^[0-9]+$/.test(last)) return parts.length === 4 && parts.every((part) => /^[0-9]{1,3}$/.test(part));
  return /^(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/.test(last) && /[a-z0-9]/.test(parts.at(-2) ?? "");
}
