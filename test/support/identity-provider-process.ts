/** A real OpenID Connect provider in a process of its own; test/support/identity-provider.ts starts and directs it. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { type Adapter, type AdapterPayload, Provider } from "oidc-provider";
import type { Command, Directions, Person, ProviderOptions } from "./identity-provider.ts";
import { misbehave } from "./provider-faults.ts";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

const options = JSON.parse(process.argv[2] ?? "{}") as Required<ProviderOptions>;
const store = new Map<string, AdapterPayload>();
let directions: Directions = { people: options.people, redirectUris: options.redirectUris, faults: {} };
let key = await createKey();

const server = createServer((request, response) => void answer(request, response));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const port = typeof address === "object" && address !== null ? address.port : 0;
const issuer = `http://127.0.0.1:${port}`;
let provider = createProvider();
process.send?.({ issuer });

process.on("message", (command: Command) => void obey(command).then(() => process.send?.({ done: true })));
process.on("disconnect", () => process.exit());

async function obey(command: Command): Promise<void> {
  if (command.type === "direct") directions = command.directions;
  if (command.type === "rotate") key = await createKey();
  if (command.type === "direct" || command.type === "rotate") provider = createProvider();
  if (command.type === "revoke") revoke(command.subject);
  if (command.type === "down") {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }
  if (command.type === "up") {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  }
}

function revoke(subject: string): void {
  for (const [key, payload] of store) if (payload.accountId === subject) store.delete(key);
}

async function createKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: "RS256", use: "sig" };
}

/** A provider with the key and directions of this moment, over what is stored already. */
function createProvider(): Provider {
  const { clientId: client_id, clientSecret: client_secret } = options;
  const { redirectUris: redirect_uris } = directions;
  const grant_types = ["authorization_code", "refresh_token", ...(options.device ? [DEVICE_GRANT] : [])];
  return new Provider(issuer, {
    adapter: stored,
    clients: [{ client_id, client_secret, redirect_uris, grant_types }],
    jwks: { keys: [key] },
    cookies: { keys: ["cookies of a test"] },
    pkce: { required: () => true },
    claims: { openid: ["sub"], profile: ["preferred_username", "groups"], email: ["email"] },
    // True is what the specification wants, and leaves the claims to userinfo; many providers put them into the ID token.
    conformIdTokenClaims: !options.claimsInIdToken,
    rotateRefreshToken: () => true,
    features: { devInteractions: { enabled: false }, deviceFlow: { enabled: options.device } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, subject) => {
      const person = directions.people.find((candidate) => candidate.subject === subject);
      return person === undefined ? undefined : { accountId: subject, claims: () => claimsOf(person) };
    },
    renderError: (context, out) => {
      context.type = "text";
      context.body = `${out.error}: ${out.error_description}`;
    },
  });
}

function claimsOf({ subject, login, email, groups }: Person): { sub: string; [claim: string]: unknown } {
  return { sub: subject, preferred_username: login, email, groups };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", issuer);
  if (await misbehave(directions.faults[pathname], response)) return;
  if (pathname.startsWith("/interaction/")) await interact(request, response);
  else void provider.callback()(request, response);
}

/** The login page: whoever's name is typed is logged in and agrees to everything, or declines. */
async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params, prompt } = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "text/html" }).end(loginPage(prompt.name));
    return;
  }
  const form = new URLSearchParams(await text(request));
  const person = directions.people.find(({ login }) => login === form.get("login"));
  if (form.has("decline") || person === undefined) {
    await provider.interactionFinished(request, response, { error: "access_denied" });
    return;
  }
  const grant = new provider.Grant({ accountId: person.subject, clientId: String(params["client_id"]) });
  grant.addOIDCScope(String(params["scope"]));
  const grantId = await grant.save();
  await provider.interactionFinished(request, response, {
    login: { accountId: person.subject },
    consent: { grantId },
  });
}

function loginPage(prompt: string): string {
  return `<!doctype html><title>Identity provider</title><h1>${prompt}</h1><form method="post">
<label>Login <input name="login" autofocus></label>
<button>Log in</button> <button name="decline" value="1">Decline</button></form>`;
}

/** In memory, for all of a process. */
function stored(model: string): Adapter {
  const find = (test: (payload: AdapterPayload) => boolean): AdapterPayload | undefined =>
    [...store].find(([key, payload]) => key.startsWith(`${model}:`) && test(payload))?.[1];
  return {
    upsert: async (id, payload) => void store.set(`${model}:${id}`, payload),
    find: async (id) => store.get(`${model}:${id}`),
    findByUserCode: async (code) => find(({ userCode }) => userCode === code),
    findByUid: async (uid) => find((payload) => payload.uid === uid),
    destroy: async (id) => void store.delete(`${model}:${id}`),
    revokeByGrantId: async (grantId) => {
      for (const [key, payload] of store) if (payload.grantId === grantId) store.delete(key);
    },
    consume: async (id) => {
      const payload = store.get(`${model}:${id}`);
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
    },
  };
}
