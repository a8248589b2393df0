import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Addresses with a secret in them: `npm logout`, `npm token revoke` when it is given a whole token, logins that wait for a decision. */
const SECRET = /(\/user\/token\/|\/tokens\/token\/(?=skl_)|\/-\/v1\/done\/|\/approve\/)([^/?]+)/;

/** Pages of a login: codes of providers, and where the browser goes on afterwards, which may be an address with a secret. */
const LOGIN_QUERY = /^(\/(?:login|register|choose-name)(?:\/[^?]*)?)\?.*$/;

/** Travels with the message: the host loads the plugin by itself, which need not be the same copy of this file. */
const ADDRESS = Symbol.for("skills-registry.secret-address");

/** Puts the hash of the secret into its place: the host writes addresses to its access log, before and after we answer. */
export function hideSecret(message: IncomingMessage): void {
  const url = message.url ?? "/";
  const shown = url
    .replace(LOGIN_QUERY, "$1?hidden")
    .replace(SECRET, (_whole, path: string, secret: string) => {
      return `${path}${createHash("sha256").update(decodeLoosely(secret)).digest("hex")}`;
    });
  if (shown === url) return;
  Reflect.set(message, ADDRESS, url);
  message.url = shown;
}

/** The address as the client sent it; undefined where it held no secret. */
export function secretAddress(message: IncomingMessage): string | undefined {
  const address: unknown = Reflect.get(message, ADDRESS);
  return typeof address === "string" ? address : undefined;
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
