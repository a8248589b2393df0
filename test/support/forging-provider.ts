import { createServer } from "node:http";
import { exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import { type Fault, misbehave } from "./provider-faults.ts";

export interface Forgery {
  /** Claims over the good ones; undefined takes one away. */
  claims?: Record<string, unknown>;
  /** Header of the ID token; `alg` decides how it is signed. */
  header?: { alg: string; kid?: string };
  /** Signs with a key that is not published. */
  foreignKey?: boolean;
  /** Cuts, changes or replaces the finished token. */
  token?: (token: string) => string | undefined;
  /** Over the discovery document. */
  metadata?: Record<string, unknown>;
  /** What userinfo answers. */
  userInfo?: Record<string, unknown>;
  faults?: Record<string, Fault>;
}

export interface ForgingProvider extends AsyncDisposable {
  issuer: string;
  /** Changed by tests. */
  forgery: Forgery;
  /** Of the login that comes next. */
  nonce: string;
  /** Publishes another key from here on. */
  rotateKeys(): Promise<void>;
  /** What was asked, by path. */
  requests: string[];
}

interface Keys {
  private: CryptoKey;
  public: CryptoKey;
  jwk: JWK;
}

/** An OpenID Connect provider that answers with whatever the test makes up: what no honest one sends. */
export async function startForgingProvider(clientId: string): Promise<ForgingProvider> {
  let keys = await newKeys("first");
  const foreign = await newKeys("first");
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname } = new URL(request.url ?? "/", provider.issuer);
      provider.requests.push(pathname);
      if (await misbehave(provider.forgery.faults?.[pathname], response)) return;
      const body = await bodyOf(pathname);
      response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(body ?? {}));
    })();
  });
  const bodyOf = async (path: string): Promise<unknown> => {
    switch (path) {
      case "/.well-known/openid-configuration":
        return { ...metadataOf(provider.issuer), ...provider.forgery.metadata };
      case "/jwks":
        return { keys: [keys.jwk] };
      case "/token":
        return { access_token: "at", token_type: "Bearer", refresh_token: "rt", id_token: await idToken() };
      case "/me":
        return { sub: "s-1", ...provider.forgery.userInfo };
      default:
        return undefined;
    }
  };
  const idToken = async (): Promise<string | undefined> => {
    const {
      claims,
      header = { alg: "RS256", kid: keys.jwk.kid ?? "" },
      foreignKey,
      token,
    } = provider.forgery;
    const payload = { ...goodClaims(provider.issuer, clientId, provider.nonce), ...claims };
    const made = await signed(payload, header, foreignKey === true ? foreign : keys);
    return token === undefined ? made : token(made);
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const provider: ForgingProvider = {
    issuer: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    forgery: {},
    nonce: "",
    requests: [],
    rotateKeys: async () => void (keys = await newKeys("second")),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return provider;
}

async function newKeys(kid: string): Promise<Keys> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" };
  return { private: privateKey, public: publicKey, jwk };
}

function metadataOf(issuer: string): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/me`,
    jwks_uri: `${issuer}/jwks`,
    id_token_signing_alg_values_supported: ["RS256", "HS256", "none"],
  };
}

function goodClaims(iss: string, aud: string, nonce: string): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  const person = { sub: "s-1", preferred_username: "ada", groups: ["engineering"] };
  return { iss, aud, nonce, iat: now, exp: now + 300, ...person };
}

/** `none` has no signature; HS256 takes the published key for a secret. */
async function signed(
  claims: JWTPayload,
  header: { alg: string; kid?: string },
  keys: Keys,
): Promise<string> {
  if (header.alg === "none") {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${encode(header)}.${encode(claims)}.`;
  }
  const secret = new TextEncoder().encode(await exportSPKI(keys.public));
  return await new SignJWT(claims)
    .setProtectedHeader(header)
    .sign(header.alg.startsWith("HS") ? secret : keys.private);
}
