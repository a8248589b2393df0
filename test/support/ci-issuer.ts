import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import type { IssuerConfig } from "../../plugin/src/config.ts";
import type { Settings } from "../../plugin/src/config-file.ts";
import { jsonOf } from "./json.ts";
import type { Faults } from "./provider-faults.ts";

const PROCESS = path.join(import.meta.dirname, "ci-issuer-process.ts");

export type CiCommand =
  | { type: "keys"; keys: JWK[] }
  | { type: "faults"; faults: Faults }
  | { type: "run"; claims: Record<string, unknown> };

export interface CiIssuer extends AsyncDisposable {
  issuer: string;
  /** An ID token for a run with these claims, as the issuer makes it; the audience is the registry of the test. */
  idToken(claims: Record<string, unknown>): Promise<string>;
  /** A token with any claims and header, signed with the issuer's own key: what a broken issuer could make. */
  sign(claims: JWTPayload, header?: Record<string, unknown>): Promise<string>;
  /** What the runner of a run with these claims has in its environment. */
  runner(claims: Record<string, unknown>): Promise<Record<string, string>>;
  /** The issuer's public key. */
  publicKey(): Promise<JWK>;
  /** Signs with another key from here on; the old one is gone. */
  rotateKeys(): Promise<void>;
  /** Faults by path: `/jwks`, `/.well-known/openid-configuration`. */
  misbehave(faults: Faults): Promise<void>;
}

/** Starts `oidc-provider` as the issuer of a CI system on a free port of loopback, in a process of its own. */
export async function startCiIssuer(): Promise<CiIssuer> {
  // It warns on stderr that it forgets everything.
  const child = fork(PROCESS, [], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const gone = once(child, "exit");
  const [{ issuer }] = (await Promise.race([once(child, "message"), gone])) as [{ issuer: string }];
  let queue: Promise<unknown> = Promise.resolve();
  const tell = async (command: CiCommand): Promise<void> => {
    queue = queue.then(async () => {
      child.send(command);
      await once(child, "message");
    });
    await queue;
  };
  let key = await newKey();
  await tell({ type: "keys", keys: [key.private] });
  return {
    issuer,
    idToken: async (claims) => {
      const body = JSON.stringify({ audience: "npm:127.0.0.1", claims: { jti: randomUUID(), ...claims } });
      return (await jsonOf<{ value: string }>(fetch(`${issuer}/issue`, { method: "POST", body }))).value;
    },
    sign: async (claims, header = {}) => {
      const { kid = "", alg = "" } = key.private;
      return await new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(key.secret);
    },
    runner: async (claims) => {
      await tell({ type: "run", claims: { jti: randomUUID(), ...claims } });
      return {
        GITHUB_ACTIONS: "true",
        ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer}/actions/id-token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request token of the run",
      };
    },
    publicKey: async () => {
      const { kty, n, e, kid, alg } = key.private;
      return { kty, n, e, kid, alg } as JWK;
    },
    rotateKeys: async () => {
      key = await newKey();
      await tell({ type: "keys", keys: [key.private] });
    },
    misbehave: async (faults) => await tell({ type: "faults", faults }),
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await gone;
    },
  };
}

async function newKey(): Promise<{ private: JWK; secret: CryptoKey }> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: "RS256", use: "sig" };
  return { private: jwk, secret: privateKey };
}

/** The claims of a run of GitHub Actions, as GitHub documents them. */
export function githubRun(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    sub: "repo:acme/skills:ref:refs/heads/main",
    repository: "acme/skills",
    repository_id: "424242",
    repository_owner: "acme",
    repository_owner_id: "2020",
    repository_visibility: "private",
    workflow: "Publish",
    workflow_ref: "acme/skills/.github/workflows/publish.yml@refs/heads/main",
    workflow_sha: "c040cae0f0dc81641728557b80f09cfa23b83fe5",
    job_workflow_ref: "acme/skills/.github/workflows/publish.yml@refs/heads/main",
    event_name: "push",
    ref: "refs/heads/main",
    ref_type: "branch",
    sha: "c040cae0f0dc81641728557b80f09cfa23b83fe5",
    run_id: "22259804324",
    run_number: "42",
    run_attempt: "1",
    runner_environment: "github-hosted",
    actor: "kim",
    actor_id: "1001",
    ...changes,
  };
}

/** The claims of a job of GitLab CI/CD of the instance at `issuer`, as GitLab documents them. */
export function gitlabJob(issuer: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { host } = new URL(issuer);
  return {
    sub: "project_path:acme/skills:ref_type:branch:ref:main",
    namespace_id: "68413579",
    namespace_path: "acme",
    project_id: "46573356",
    project_path: "acme/skills",
    project_visibility: "private",
    user_id: "184239",
    user_login: "kim",
    pipeline_id: "1519139981",
    pipeline_source: "push",
    job_id: "8222997048",
    ref: "main",
    ref_type: "branch",
    ref_path: "refs/heads/main",
    ref_protected: "true",
    runner_id: 12270835,
    runner_environment: "gitlab-hosted",
    sha: "8fe1b322a576d59fe6257052a4107df7dc1b8c78",
    ci_config_ref_uri: `${host}/acme/skills//.gitlab-ci.yml@refs/heads/main`,
    ci_config_sha: "8fe1b322a576d59fe6257052a4107df7dc1b8c78",
    ...changes,
  };
}

/** Settings of a registry that knows this issuer as one of GitHub Actions, and as nothing else. */
export function trustingGithub(issuer: string, url?: string): (settings: Settings) => Settings {
  return trusting({
    id: "github",
    type: "github",
    title: "GitHub Actions",
    issuer,
    ...(url === undefined ? {} : { url }),
  });
}

/** Settings of a registry that knows these issuers. */
export function trusting(...trustedPublishing: IssuerConfig[]): (settings: Settings) => Settings {
  return (settings) => ({ ...settings, registry: { ...settings.registry, trustedPublishing } });
}
