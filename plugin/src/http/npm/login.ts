import { z } from "zod";
import { beginDeviceLogin, pollDeviceLogin } from "../../registry/identity/login-device.ts";
import { beginRequest, collectToken } from "../../registry/identity/login-request.ts";
import { countLogin } from "../../registry/throttle.ts";
import { type Answer, json } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { parseBody } from "./documents.ts";

/** Seconds between two questions of a program that waits for its login. npm asks without a pause where none is said. */
const POLL_SECONDS = 1;

/** Characters of what programs say about themselves that the page shows. */
const SHOWN_MAX = 120;

/** npm sends nothing, or `create` for `npm adduser`: a new account is made in the browser, too. */
const loginRequest = z.object({
  hostname: z.string().max(256).nullish(),
  /** Without a browser: a code to be typed at the provider. */
  device: z.boolean().optional(),
  /** Where `device` logs in; the first that can when absent. */
  provider: z.string().max(64).optional(),
});

/** Secrets are in it, and it may be what a cache between us is asked for again. */
const NOT_KEPT = { "cache-control": "no-store" };

/** `POST /-/v1/login`: a login by browser, or by a code. */
export async function beginWebLogin({ parts }: Services, request: Request): Promise<Answer> {
  const { device, provider, hostname } = parseBody(loginRequest, request.body ?? {});
  await countLogin(parts.attempts, request.caller.address);
  if (device === true) {
    const { secret, ...login } = await beginDeviceLogin(parts, provider);
    return json(200, { ...login, doneUrl: doneUrl(request, secret) }, NOT_KEPT);
  }
  const { page, program } = await beginRequest(parts, request.caller, {
    program: shown(request.headers["user-agent"]),
    machine: shown(hostname),
  });
  const loginUrl = `${request.baseUrl}/approve/${page}`;
  return json(200, { loginUrl, doneUrl: doneUrl(request, program) }, NOT_KEPT);
}

/** `GET /-/v1/done/<secret>`: 202 while nobody has decided, then the token, once. */
export async function endWebLogin({ parts }: Services, request: Request): Promise<Answer> {
  const secret = request.params["flow"] ?? "";
  const device = await pollDeviceLogin(parts, request.caller, secret);
  if (device !== undefined) return "token" in device ? granted(device.token) : wait(device.wait);
  const token = await collectToken(parts, request.caller, secret);
  return token === undefined ? wait(POLL_SECONDS) : granted(token);
}

function granted(token: string): Answer {
  return json(200, { token }, NOT_KEPT);
}

function wait(seconds: number): Answer {
  return json(202, {}, { ...NOT_KEPT, "retry-after": String(seconds) });
}

function doneUrl({ baseUrl }: Request, secret: string): string {
  return `${baseUrl}/-/v1/done/${secret}`;
}

/** Without what could pretend to be something else on the page. */
function shown(text: string | null | undefined): string {
  return (text ?? "").replace(/[^\x20-\x7e]/g, "?").slice(0, SHOWN_MAX);
}
