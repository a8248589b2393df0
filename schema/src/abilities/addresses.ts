import { type Found, type Source, spend } from "./source.ts";
import { hostNamed } from "./hosts.ts";

/** `git@host:path`, and `scp file user@host:path`; what is sent by them carries no scheme. */
const REMOTE = /\b[\w.-]{1,32}@((?:[\w-]{1,63}\.){1,10}[a-z]{2,63}):(?=[\w~/.])/gi;
/** Bash opens a connection for these, and no program is named. */
const DEVICE = /\/dev\/(?:tcp|udp)\/([\w.-]{1,253})\//g;
/** `http://[2a01::1]/`, `http://0x2d21209c/` and `http://757080220/`: addresses that are no names. */
const NUMERIC = /:\/\/(?:[^\s/@]{0,99}@)?(\[[\da-f:.]{3,45}\]|0x[\da-f]{8}|\d{8,10})(?=[:/?#\s"'`)>]|$)/gi;
/** `curl evil.io/x`: without a scheme it is http. */
const FETCH = /\b(?:curl|wget)[ \t]([^\n;&|`]{1,400})/g;
/** Options of curl and wget whose value may look like a host: a file, or a header. */
const VALUE_FOLLOWS =
  /^(?:-[oOTKEbcdeFHuAXPz]|--(?:output|output-document|upload-file|data\S*|form|header|user|user-agent|cookie\S*|request|cacert|cert|key|config))$/;
const BARE = /^["']?(?:[\w.-]{1,60}@)?((?:[\w-]{1,63}\.){1,10}([a-z]{2,63}))(?::\d{1,5})?(?:[/?"']|$)/i;
/** Endings of files that are no top-level domains, or are hardly ever meant as one. */
const FILES =
  /^(?:txt|json|ya?ml|html?|csv|xml|gz|tgz|zip|bz2|xz|tar|py|js|ts|rb|pl|log|md|pdf|png|jpe?g|svg|bin|exe|deb|rpm|conf|pem|key|crt|asc|sig|sql|db|out)$/i;

/** The hosts that a text names otherwise than by an address with a name. */
export function* otherHostsIn({ text, budget }: Source): Generator<Found> {
  const found: Found[] = [];
  for (const pattern of [REMOTE, DEVICE, NUMERIC]) {
    for (const { 0: all, 1: host = "", index } of text.matchAll(pattern)) {
      if (!spend(budget)) break;
      const subject = pattern === NUMERIC ? numericHost(all) : hostNamed(host);
      if (subject !== undefined) found.push({ subject, offset: index });
    }
  }
  for (const { 1: words = "", index } of text.matchAll(FETCH)) {
    if (!spend(budget)) break;
    found.push(...bareHosts(words).map((subject) => ({ subject, offset: index })));
  }
  yield* found.toSorted((a, b) => a.offset - b.offset);
}

/** As programs read it: 757080220 is 45.32.32.156. */
function numericHost(address: string): string | undefined {
  const url = URL.parse(`http${address}`);
  if (url === null || url.hostname === "[::1]") return undefined;
  return url.hostname.startsWith("[") ? url.hostname : hostNamed(url.hostname);
}

function bareHosts(words: string): string[] {
  const all = words.split(/\s+/);
  return all.flatMap((word, index) => {
    const [, host = "", ending = ""] = BARE.exec(word) ?? [];
    if (host === "" || FILES.test(ending) || VALUE_FOLLOWS.test(all[index - 1] ?? "")) return [];
    return hostNamed(host) ?? [];
  });
}
