import { SkillsError } from "@skills-registry/schema";
import { beginProviderLogin, finishProviderLogin } from "../../registry/identity/login-provider.ts";
import type { Parts } from "../../registry/parts.ts";
import { countLogin } from "../../registry/throttle.ts";
import type { Answer } from "../answer.ts";
import { isFromHere } from "../cross-site.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { endSession } from "./end-session.ts";
import { browserSecret, loginCookie, loginSecret } from "./login-cookies.ts";
import { loginFailure } from "./login-failure.ts";
import { seeOther } from "./see-other.ts";
import { localPath, sessionCookie, sessionToken } from "./session.ts";

/**
 * `GET /login/:provider?next=`: leads to the provider. A link, since browsers stop forms that lead to other sites. From other sites it
 * leads to the login page: a provider that asks nothing would else log people in, and out of another account, whom a page sends here.
 */
export async function beginLogin({ parts }: Services, request: Request): Promise<Answer> {
  const next = localPath(request.query.get("next"));
  if (!isFromHere(request.headers)) return seeOther(`/login?next=${encodeURIComponent(next)}`);
  const provider = request.params["provider"] ?? "";
  const { address, cookie } = await begin(parts, request, { provider, next, link: false });
  return seeOther(address.href, { "set-cookie": cookie });
}

/** Begins a login, or the connecting of one (`link`): where the browser has to go, and the cookie it takes along. */
export async function begin(
  parts: Parts,
  request: Request,
  wish: { provider: string; next: string; link: boolean },
): Promise<{ address: URL; cookie: string }> {
  requirePublicHost(parts, request);
  await countLogin(parts.attempts, request.caller.address);
  const browser = browserSecret(request);
  const redirectUri = callbackUrl(request, wish.provider);
  const address = await beginProviderLogin(parts, request.caller, { ...wish, redirectUri, browser });
  return { address, cookie: loginCookie("skills-login", browser, request.baseUrl) };
}

/** `GET /login/:provider/callback`: where providers lead back to. */
export async function finishLogin(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const provider = request.params["provider"] ?? "";
  try {
    const arrival = await finishProviderLogin(parts, request.caller, {
      provider,
      url: new URL(`${callbackUrl(request, provider)}?${request.query.toString()}`),
      browser: loginSecret(request, "skills-login"),
      session: sessionToken(parts.now()),
    });
    if (arrival.kind === "linked") return seeOther(arrival.next);
    if (arrival.kind === "choose") {
      const cookie = loginCookie("skills-choice", arrival.secret, request.baseUrl);
      return seeOther("/choose-name", { "set-cookie": cookie });
    }
    await endSession(services, request);
    return seeOther(arrival.next, { "set-cookie": sessionCookie(arrival.secret, request.baseUrl) });
  } catch (error) {
    return loginFailure(request, error);
  }
}

function callbackUrl({ baseUrl }: Request, provider: string): string {
  return `${baseUrl}/login/${provider}/callback`;
}

/** A login that began under another name of this host would come back to the public one, without its cookie. */
function requirePublicHost({ config }: Parts, { headers }: Request): void {
  if (config.publicUrl === null || headers.host === new URL(config.publicUrl).host) return;
  throw new SkillsError("EBADREQUEST", "logins begin at the public address of this registry", {
    hint: `Open ${config.publicUrl}/login.`,
  });
}
