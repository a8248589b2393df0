import { createHash, randomBytes } from "node:crypto";
import { type Answer, html, json, redirect } from "./fake-github-answer.ts";
import type { DeviceRequest, GitHubRequest, GitHubState } from "./fake-github.ts";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const DEVICE_SECONDS = 900;

/** The OAuth endpoints of github.com; undefined for other addresses. */
export function answerLogin(state: GitHubState, request: GitHubRequest): Answer | undefined {
  switch (request.url.pathname) {
    case "/login/oauth/authorize":
      return authorize(state, request);
    case "/login/oauth/access_token":
      return asAccepted(request, accessToken(state, request.form));
    case "/login/device/code":
      return asAccepted(request, deviceCode(state, request.form));
    case "/login/device":
      return devicePage(state, request);
    default:
      return undefined;
  }
}

function authorize(state: GitHubState, { method, url, form }: GitHubRequest): Answer {
  const asked = url.searchParams;
  if (asked.get("client_id") !== state.clientId) return html(404, "<h1>There is no such application</h1>");
  const redirectUri = asked.get("redirect_uri") ?? state.redirectUris[0] ?? "";
  const back = (params: Record<string, string>): Answer => {
    const target = new URL(redirectUri);
    for (const [name, value] of Object.entries(params)) target.searchParams.set(name, value);
    const echoed = asked.get("state");
    if (echoed !== null) target.searchParams.set("state", echoed);
    return redirect(target);
  };
  // The real one sends the browser to the registered address with this error; a page is easier to see.
  if (!state.redirectUris.includes(redirectUri)) return html(400, "<h1>redirect_uri_mismatch</h1>");
  if (asked.has("code_challenge") && asked.get("code_challenge_method") !== "S256") {
    return html(400, "<h1>code_challenge_method must be S256</h1>");
  }
  if (method === "GET") return html(200, authorizePage(asked.get("scope") ?? ""));
  const user = state.users.find(({ login }) => login === form.get("login"));
  if (form.has("cancel") || user === undefined) {
    return back({
      error: "access_denied",
      error_description: "The user has denied your application access.",
    });
  }
  const code = randomBytes(10).toString("hex");
  state.codes.set(code, {
    userId: user.id,
    scope: asked.get("scope") ?? "",
    redirectUri,
    challenge: asked.get("code_challenge") ?? "",
  });
  return back({ code });
}

function authorizePage(scope: string): string {
  return `<title>Authorize</title><h1>Authorize skills registry</h1><p>Scopes: ${scope}</p><form method="post">
<label>Username <input name="login"></label>
<button>Authorize</button> <button name="cancel" value="1">Cancel</button></form>`;
}

/** Errors are answered with 200, as GitHub does. */
function accessToken(state: GitHubState, form: URLSearchParams): Record<string, unknown> {
  if (form.get("client_id") !== state.clientId) return refusal("incorrect_client_credentials");
  if (form.get("grant_type") === DEVICE_GRANT) return deviceToken(state, form.get("device_code") ?? "");
  if (form.get("client_secret") !== state.clientSecret) return refusal("incorrect_client_credentials");
  const code = form.get("code") ?? "";
  const grant = state.codes.get(code);
  state.codes.delete(code);
  if (grant === undefined) return refusal("bad_verification_code");
  if ((form.get("redirect_uri") ?? grant.redirectUri) !== grant.redirectUri)
    return refusal("redirect_uri_mismatch");
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  if (grant.challenge !== "" && grant.challenge !== challenge) return refusal("bad_verification_code");
  return issue(state, grant);
}

function deviceCode(state: GitHubState, form: URLSearchParams): Record<string, unknown> {
  if (form.get("client_id") !== state.clientId) return refusal("incorrect_client_credentials");
  const code = randomBytes(20).toString("hex");
  const userCode = randomBytes(4).toString("hex").toUpperCase().replace(/^.{4}/, "$&-");
  state.devices.set(code, {
    userCode,
    scope: form.get("scope") ?? "",
    expiresAt: Date.now() + DEVICE_SECONDS * 1000,
    askedAt: 0,
    state: "pending",
  });
  return {
    device_code: code,
    user_code: userCode,
    verification_uri: `${state.url}/login/device`,
    expires_in: DEVICE_SECONDS,
    interval: Math.max(1, state.deviceInterval),
  };
}

function deviceToken(state: GitHubState, code: string): Record<string, unknown> {
  const device = state.devices.get(code);
  if (device === undefined) return refusal("incorrect_device_code");
  if (device.expiresAt <= Date.now()) return refusal("expired_token");
  const sinceLast = Date.now() - device.askedAt;
  device.askedAt = Date.now();
  if (device.state === "denied") return refusal("access_denied");
  if (device.state === "pending") {
    const isEarly = sinceLast < state.deviceInterval * 1000;
    return isEarly
      ? { ...refusal("slow_down"), interval: state.deviceInterval + 5 }
      : refusal("authorization_pending");
  }
  state.devices.delete(code);
  return issue(state, { userId: device.state.userId, scope: device.scope });
}

function devicePage(state: GitHubState, { method, form }: GitHubRequest): Answer {
  if (method === "GET") {
    return html(
      200,
      `<h1>Device</h1><form method="post"><label>Code <input name="user_code"></label>
<label>Username <input name="login"></label><button>Authorize</button>
<button name="cancel" value="1">Cancel</button></form>`,
    );
  }
  const device = [...state.devices.values()].find(({ userCode }) => userCode === form.get("user_code"));
  if (device === undefined) return html(404, "<h1>No such code</h1>");
  device.state = decision(state, form);
  return html(200, "<h1>All set!</h1>");
}

function decision(state: GitHubState, form: URLSearchParams): DeviceRequest["state"] {
  const user = state.users.find(({ login }) => login === form.get("login"));
  return form.has("cancel") || user === undefined ? "denied" : { userId: user.id };
}

function issue(
  state: GitHubState,
  { userId, scope }: { userId: number; scope: string },
): Record<string, unknown> {
  const token = `gho_${randomBytes(18).toString("hex")}`;
  state.tokens.set(token, { userId, scope });
  return { access_token: token, token_type: "bearer", scope: scope.replaceAll(" ", ",") };
}

function refusal(error: string): Record<string, unknown> {
  return { error, error_description: `This is ${error}.`, error_uri: "https://docs.example.com/" };
}

/** Form-encoded, unless JSON is asked for. */
function asAccepted({ headers }: GitHubRequest, value: Record<string, unknown>): Answer {
  if (headers.accept?.includes("application/json") === true) return json(200, value);
  const fields = Object.entries(value).map(([name, field]) => [name, String(field)]);
  return {
    status: 200,
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: new URLSearchParams(fields).toString(),
  };
}
