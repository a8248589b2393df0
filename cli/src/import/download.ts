import { request as requestHttp, Agent as HttpAgent, type IncomingMessage } from "node:http";
import { request as requestHttps, Agent as HttpsAgent } from "node:https";
import { SkillsError } from "@skills-registry/schema/basics";
import { z } from "zod";
import type { Context } from "../context.ts";
import { redact } from "../failure.ts";
import { isInternal, isLoopback, type Address, type Login } from "./address.ts";

/** Redirects in a row that are followed. */
const REDIRECTS_MAX = 5;

/** Longest silence of a host, in ms. */
const PATIENCE = 30_000;

/** What of npm's configuration is about connections. */
const connectionOptions = z.object({
  ca: z
    .union([z.string(), z.array(z.string())])
    .nullish()
    .catch(undefined),
  strictSSL: z.boolean().catch(true),
  httpsProxy: z.string().nullish().catch(undefined),
  proxy: z.string().nullish().catch(undefined),
  noProxy: z
    .union([z.string(), z.array(z.string())])
    .nullish()
    .catch(undefined),
});

export interface Download {
  bytes: Buffer;
  /** Where the bytes were in the end. */
  url: string;
}

/**
 * Fetches what lies at an address. Not by npm's fetch, which follows redirects by itself and would take a password along to
 * another port or to http. Throws EIMPORT for what is no success; `undefined` where there is nothing (404, 410).
 */
export async function download(
  context: Context,
  address: Address,
  limit: number,
): Promise<Download | undefined> {
  let url = new URL(address.url);
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const isFirst = url.origin === new URL(address.url).origin;
    const answer = await ask(context, url, isFirst ? address.login : undefined);
    const { statusCode: status = 0, headers } = answer;
    const moved = status >= 300 && status < 400 ? headers.location : undefined;
    if (moved === undefined) {
      if (status === 200) return { bytes: await readBody(answer, url, limit), url: url.href };
      answer.destroy();
      if (status === 404 || status === 410) return undefined;
      throw refused(url, status);
    }
    answer.destroy();
    url = nextUrl(url, moved);
  }
  throw new SkillsError("EIMPORT", `${shown(new URL(address.url))} sends on again and again`);
}

/** Nobody may be sent from https to http, nor from the public network to services of this machine and its neighbours. */
function nextUrl(from: URL, location: string): URL {
  const next = URL.parse(location, from.href);
  if (next !== null && mayFollow(from, next)) {
    next.username = "";
    next.password = "";
    return next;
  }
  throw new SkillsError("EIMPORT", `${from.origin} sends on to an address that is not followed`, {
    hint: "Only https addresses are, and from public hosts only to public ones. Import from the address itself, if you trust it.",
  });
}

/** True for an address that one that was fetched may name for the rest. */
export function mayFollow(from: URL, next: URL): boolean {
  if (isInternal(next.hostname) && !isInternal(from.hostname)) return false;
  if (isLoopback(next.hostname)) return isLoopback(from.hostname) && /^https?:$/.test(next.protocol);
  return next.protocol === "https:";
}

async function ask(context: Context, url: URL, login: Login | undefined): Promise<IncomingMessage> {
  const { userAgent, ...options } = await context.npmOptions();
  const headers = {
    "user-agent": String(userAgent),
    ...(login === undefined ? {} : { authorization: basic(login) }),
  };
  const agent = agentFor(url, connectionOptions.parse(options));
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent, signal: context.signal, timeout: PATIENCE }, resolve);
    sent.once("timeout", () => sent.destroy(new Error("it says nothing")));
    sent.once("error", (error) => reject(context.signal.aborted ? error : unreachable(url, error)));
    sent.end();
  });
}

function agentFor(url: URL, options: z.infer<typeof connectionOptions>): HttpAgent | HttpsAgent {
  const { ca, strictSSL, httpsProxy, proxy, noProxy } = options;
  const proxyEnv = {
    ...(httpsProxy ? { HTTPS_PROXY: httpsProxy } : {}),
    ...(proxy ? { HTTP_PROXY: proxy } : {}),
    ...(noProxy ? { NO_PROXY: [noProxy].flat().join(",") } : {}),
  };
  if (url.protocol === "http:") return new HttpAgent({ proxyEnv });
  return new HttpsAgent({ proxyEnv, rejectUnauthorized: strictSSL, ...(ca ? { ca } : {}) });
}

async function readBody(answer: IncomingMessage, url: URL, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer) {
      const bytes: Buffer = chunk;
      size += bytes.length;
      if (size > limit) throw new SkillsError("EIMPORT", `${shown(url)} has more than ${limit} bytes`);
      chunks.push(bytes);
    }
  } catch (error) {
    throw error instanceof SkillsError ? error : unreachable(url, error);
  }
  return Buffer.concat(chunks);
}

function basic({ username, password }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function refused(url: URL, status: number): SkillsError {
  const isAuth = status === 401 || status === 403;
  const message = isAuth ? `${shown(url)} is refused to you` : `${shown(url)} answers with status ${status}`;
  return new SkillsError("EIMPORT", message, {
    hint: isAuth
      ? "Put name and password in the address: they are sent to its host alone, and not kept."
      : "Look at the address in a browser, and try again.",
  });
}

function unreachable(url: URL, error: unknown): SkillsError {
  const why = error instanceof Error ? error.message : String(error);
  return new SkillsError("EIMPORT", `${shown(url)} cannot be fetched: ${redact(why)}`, {
    hint: "Check the address and the network, and try again. Proxies and certificates are taken from .npmrc.",
    cause: error,
  });
}

/** Without the query, which may hold a signature that is as good as a password. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
