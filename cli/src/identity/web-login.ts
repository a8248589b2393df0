import { setTimeout as wait } from "node:timers/promises";
import { SkillsError } from "@skills-registry/schema/basics";
import { z } from "zod";
import { isStatus, parseAnswer } from "../registry/answer.ts";
import { type NpmOptions, requestAnswer } from "../registry/npm.ts";

/** Logins that a person allows in a browser, or at an identity provider: the registry tells the address, and later the token. */

const webAddress = z.url({ protocol: /^https?$/ });

const pageLogin = z.object({ loginUrl: webAddress, doneUrl: webAddress });
const codeLogin = z.object({
  title: z.string(),
  userCode: z.string().max(40),
  verificationUrl: webAddress,
  doneUrl: webAddress,
});

/** Seconds between two questions, where the registry does not say. */
const PAUSE = 2;

export type PageLogin = z.infer<typeof pageLogin>;
export type CodeLogin = z.infer<typeof codeLogin>;

/** Begins a login by browser; undefined for a registry that has none. */
export async function beginPageLogin(machine: string, options: NpmOptions): Promise<PageLogin | undefined> {
  const answer = await begin({ hostname: machine }, options);
  return answer === undefined ? undefined : parseAnswer(pageLogin, answer);
}

/** Begins a login by a code to be typed elsewhere, at the provider named or the first that can. */
export async function beginCodeLogin(provider: string | undefined, options: NpmOptions): Promise<CodeLogin> {
  const answer = await begin({ device: true, provider }, options);
  // Registries that know nothing of codes answer with the address of a page.
  const parsed = codeLogin.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new SkillsError("EREGISTRY", `${options.registry} knows no logins from machines without a browser`, {
    hint: "Log in without --device, and open the address on another machine.",
  });
}

/** Asks until the person has decided; the token. Throws ENEEDAUTH when they denied it, or took too long. */
export async function waitForToken({ doneUrl }: { doneUrl: string }, options: NpmOptions): Promise<string> {
  for (;;) {
    const { status, headers, body } = await ask(doneUrl, options);
    if (status === 200) return parseAnswer(z.object({ token: z.string().min(1) }), body).token;
    const pause = Number(headers.get("retry-after") ?? PAUSE);
    await wait((pause > 0 ? pause : PAUSE) * 1000, undefined, { signal: options.signal });
  }
}

async function begin(body: object, options: NpmOptions): Promise<unknown> {
  try {
    const answer = await requestAnswer("-/v1/login", { ...options, ...UNKNOWN, method: "POST", body });
    return answer.body;
  } catch (error) {
    // As npm has it: whoever does not know the address has passwords only.
    if (isStatus(error, 404) || isStatus(error, 405)) return undefined;
    throw error;
  }
}

/** No credentials along with it: a stale token in .npmrc would have the login itself refused. */
const UNKNOWN = { forceAuth: {} };

async function ask(doneUrl: string, options: NpmOptions) {
  try {
    return await requestAnswer(doneUrl, { ...options, ...UNKNOWN });
  } catch (error) {
    if (isStatus(error, 403)) throw new SkillsError("ENEEDAUTH", `the login was refused: ${reasonOf(error)}`);
    if (isStatus(error, 404)) {
      throw new SkillsError("ENEEDAUTH", "nobody allowed the login in time", {
        hint: "Run skills login again.",
      });
    }
    throw error;
  }
}

const refusal = z.object({ body: z.object({ error: z.string() }) });

/** First line of what the registry says. */
function reasonOf(error: unknown): string {
  const { data } = refusal.safeParse(error);
  return data?.body.error.split("\n", 1)[0] ?? "the registry does not say why";
}
