/** The issuer of a CI system in a process of its own; test/support/ci-issuer.ts starts and directs it. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { JWK } from "jose";
import { Provider } from "oidc-provider";
import type { CiCommand } from "./ci-issuer.ts";
import { type Faults, misbehave } from "./provider-faults.ts";

let faults: Faults = {};
/** Claims of the run that asks as GitHub's runners do. */
let runClaims: Record<string, unknown> = {};
let provider: Provider;

const server = createServer((request, response) => void answer(request, response));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const issuer = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
process.on("message", (command: CiCommand) => {
  if (command.type === "keys") provider = createProvider(command.keys);
  if (command.type === "faults") faults = command.faults;
  if (command.type === "run") runClaims = command.claims;
  process.send?.({ done: true });
});
process.on("disconnect", () => process.exit());
process.send?.({ issuer });

function createProvider(keys: JWK[]): Provider {
  return new Provider(issuer, {
    // The audience of an ID token is the client that it is made for.
    clients: ["npm:127.0.0.1", "npm:localhost", "npm:elsewhere.example.com"].map((client_id) => ({
      client_id,
      grant_types: [],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: "none" as const,
    })),
    jwks: { keys },
    ttl: { IdToken: 300 },
    cookies: { keys: ["cookies of a test"] },
    features: { devInteractions: { enabled: false } },
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", issuer);
  if (await misbehave(faults[url.pathname], response)) return;
  if (url.pathname === "/actions/id-token") await answerRunner(url, request, response);
  else if (url.pathname === "/issue") await issue(JSON.parse(await text(request)), response);
  else void provider.callback()(request, response);
}

/** What a runner of GitHub asks at ACTIONS_ID_TOKEN_REQUEST_URL. */
async function answerRunner(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers.authorization !== "Bearer request token of the run") {
    response.writeHead(401).end();
    return;
  }
  await issue({ audience: url.searchParams.get("audience") ?? "", claims: runClaims }, response);
}

async function issue(
  { audience, claims }: { audience: string; claims: Record<string, unknown> },
  response: ServerResponse,
): Promise<void> {
  const client = await provider.Client.find(audience);
  if (client === undefined) {
    response.writeHead(400).end();
    return;
  }
  const { sub = "run", ...rest } = claims;
  // Its types leave out that it is made of claims and a client alone, and that the scope chooses among the claims.
  const token = Object.assign(new provider.IdToken({ sub: String(sub) }, { client }), {
    scope: "openid",
  });
  for (const [name, value] of Object.entries(rest)) token.set(name, value);
  const value = await token.issue({ use: "idtoken" });
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ value }));
}
