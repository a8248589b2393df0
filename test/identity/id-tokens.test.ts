import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IssuerConfig } from "../../plugin/src/config.ts";
import { type IdTokens, idTokens } from "../../plugin/src/registry/trust/id-tokens.ts";
import { type CiIssuer, githubRun, gitlabJob, startCiIssuer } from "../support/ci-issuer.ts";
import type { Fault } from "../support/provider-faults.ts";

const AUDIENCE = "npm:127.0.0.1";
const MINUTE = 60_000;

let ci: CiIssuer;
beforeAll(async () => void (ci = await startCiIssuer()));
afterAll(async () => await ci[Symbol.asyncDispose]());

interface Verifier extends IdTokens {
  /** Moves the clock on. */
  wait(ms: number): void;
}

function verifier(changes: Partial<IssuerConfig> = {}): Verifier {
  let late = 0;
  const config: IssuerConfig = { id: "ci", type: "github", title: "The CI", issuer: ci.issuer, ...changes };
  const made = idTokens([config], () => new Date(Date.now() + late));
  return { ...made, wait: (ms) => void (late += ms) };
}

/** A run as the issuer makes it, when the clock of the test is that much ahead. */
async function runLater(ms: number): Promise<string> {
  const iat = Math.floor((Date.now() + ms) / 1000);
  const times = { iat, exp: iat + 300, jti: crypto.randomUUID() };
  return await ci.sign({ iss: ci.issuer, aud: AUDIENCE, ...times, ...githubRun() });
}

describe("the keys of an issuer", () => {
  it.each<[path: string, fault: Fault]>(
    ["/.well-known/openid-configuration", "/jwks"].flatMap((path) =>
      (["garbage", "html", "huge", "error", "redirect", "cut"] as const).map((fault): [string, Fault] => [
        path,
        fault,
      ]),
    ),
  )("cannot be had while %s answers with %s, and can be afterwards", async (path, fault) => {
    const { verify } = verifier();
    const idToken = await ci.idToken(githubRun());
    await ci.misbehave({ [path]: fault });
    await expect(verify(idToken, AUDIENCE)).rejects.toMatchObject({
      code: "EPROVIDER",
      message: expect.stringMatching(/^The CI /),
    });
    await ci.misbehave({});
    expect((await verify(idToken, AUDIENCE)).issuer).toBe("ci");
  });

  it("are waited for some seconds and no longer", async () => {
    await ci.misbehave({ "/jwks": "slow" });
    const asked = performance.now();
    await expect(verifier().verify(await ci.idToken(githubRun()), AUDIENCE)).rejects.toMatchObject({
      code: "EPROVIDER",
      message: "The CI was too slow",
    });
    expect(performance.now() - asked).toBeLessThan(8_000);
    await ci.misbehave({});
  });

  it("are asked for once while they are fresh, and again after ten minutes", async () => {
    const { verify, wait } = verifier();
    await verify(await ci.idToken(githubRun()), AUDIENCE);
    await ci.misbehave({ "/jwks": "error" });
    await verify(await ci.idToken(githubRun()), AUDIENCE);
    wait(11 * MINUTE);
    await expect(verify(await runLater(11 * MINUTE), AUDIENCE)).rejects.toMatchObject({ code: "EPROVIDER" });
    await ci.misbehave({});
  });

  it("may change: the other key is found, and the old one is good no more", async () => {
    const { verify, wait } = verifier();
    await verify(await ci.idToken(githubRun()), AUDIENCE);
    const before = await ci.idToken(githubRun());
    wait(MINUTE);
    await ci.rotateKeys();
    await verify(await ci.idToken(githubRun()), AUDIENCE);
    await expect(verify(before, AUDIENCE)).rejects.toMatchObject({
      code: "ENEEDAUTH",
      message: "the ID token is refused: the issuer has no such key",
    });
  });

  it("are not asked for again by every token that names an unknown one", async () => {
    const { verify, wait } = verifier();
    await verify(await ci.idToken(githubRun()), AUDIENCE);
    await ci.misbehave({ "/jwks": "error" });
    const unknown = await ci.sign({ iss: ci.issuer }, { kid: "unknown" });
    await expect(verify(unknown, AUDIENCE)).rejects.toMatchObject({ code: "ENEEDAUTH" });
    wait(MINUTE / 2);
    await expect(verify(unknown, AUDIENCE)).rejects.toMatchObject({ code: "EPROVIDER" });
    await ci.misbehave({});
  });

  it("are asked of nobody who is not reached by https, but for this machine", async () => {
    const { verify } = verifier({ issuer: "http://ci.example.com" });
    const idToken = await ci.sign({ iss: "http://ci.example.com" });
    await expect(verify(idToken, AUDIENCE)).rejects.toMatchObject({
      message: "The CI is not at an https address",
    });
  });

  it.each([
    [
      "describes itself as another issuer",
      { issuer: "https://ci.example.com" },
      "The CI describes another issuer",
    ],
    [
      "has its keys elsewhere",
      { jwks_uri: "http://127.0.0.1:9/jwks" },
      "The CI has its keys at an address that is not https",
    ],
  ])("are not taken from an issuer that %s", async (_what, changes, message) => {
    const server = createServer((_request, response) => {
      response.end(JSON.stringify({ issuer: here, jwks_uri: `${here}/jwks`, ...changes }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const here = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    const { verify } = verifier({ issuer: here });
    const idToken = await ci.sign({ iss: here });
    await expect(verify(idToken, AUDIENCE)).rejects.toMatchObject({ code: "EPROVIDER", message });
    server.close();
  });
});

describe("the claims of a run", () => {
  it("of GitHub say where it is, at the forge of the issuer or at the one that is configured", async () => {
    const idToken = await ci.idToken(githubRun({ environment: "release" }));
    const run = await verifier({ url: "https://forge.example.com/" }).verify(idToken, AUDIENCE);
    expect(run.claims).toMatchObject({ repository_id: "424242", workflow: ".github/workflows/publish.yml" });
    expect(run.provenance).toEqual({
      issuer: "ci",
      publisher: "The CI",
      repository: "https://forge.example.com/acme/skills",
      commit: githubRun()["sha"],
      ref: "refs/heads/main",
      workflow: ".github/workflows/publish.yml",
      environment: "release",
      run: "https://forge.example.com/acme/skills/actions/runs/22259804324",
    });
  });

  it("of GitLab say the same in its own words", async () => {
    const { verify } = verifier({ type: "gitlab" });
    const run = await verify(
      await ci.idToken(gitlabJob(ci.issuer, { ref: "v1", ref_type: "tag" })),
      AUDIENCE,
    );
    expect(run.claims).toMatchObject({
      project_id: "46573356",
      workflow: ".gitlab-ci.yml",
      ref: "refs/tags/v1",
    });
    expect(run.provenance).toMatchObject({
      repository: `${ci.issuer}/acme/skills`,
      workflow: ".gitlab-ci.yml",
      run: `${ci.issuer}/acme/skills/-/pipelines/1519139981`,
    });
    const elsewhere = gitlabJob(ci.issuer, {
      ci_config_ref_uri: "ci.example.com/evil/x//.gitlab-ci.yml@refs/heads/main",
    });
    expect((await verify(await ci.idToken(elsewhere), AUDIENCE)).claims).not.toHaveProperty("workflow");
    const none = gitlabJob(ci.issuer, { ci_config_ref_uri: null });
    expect((await verify(await ci.idToken(none), AUDIENCE)).claims).not.toHaveProperty("workflow");
  });

  it("of others are texts, numbers and truths, and lead nowhere", async () => {
    const { verify } = verifier({ type: "other" });
    const run = await verify(
      await ci.idToken({ project: 7, protected: true, groups: ["a"], of: { a: 1 } }),
      AUDIENCE,
    );
    expect(run.claims).toMatchObject({ project: "7", protected: "true" });
    expect(run.claims).not.toHaveProperty("groups");
    expect(run.provenance).toMatchObject({ repository: null, run: null });
  });

  it.each([
    ["a repository that is an address", { repository: "https://evil.example.com/x" }],
    ["a repository that leads up", { repository: "../.." }],
    ["a repository with a quote in it", { repository: 'acme/"onload=' }],
    ["a very long repository", { repository: `acme/${"x".repeat(300)}` }],
    ["a list for a repository", { repository: ["acme/skills"] }],
  ])("make no link of %s", async (_what, claims) => {
    const run = await verifier().verify(await ci.idToken(githubRun(claims)), AUDIENCE);
    expect(run.provenance).toMatchObject({ repository: null, run: null });
  });

  it("make nothing of a run, commit or branch that cannot be one", async () => {
    const claims = githubRun({ run_id: "1/../../x", sha: "<b>", ref: "refs/heads/\u202E" });
    const { provenance } = await verifier().verify(await ci.idToken(claims), AUDIENCE);
    expect(provenance).toMatchObject({ run: null, commit: null, ref: null });
  });
});
