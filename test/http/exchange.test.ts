import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { githubRun } from "../support/ci-issuer.ts";
import { jsonOf } from "../support/json.ts";
import { startTrustedRegistry, type TrustedRegistry } from "../support/trusted-registry.ts";

let ci: TrustedRegistry;
beforeAll(async () => void (ci = await startTrustedRegistry()));
afterAll(async () => await ci[Symbol.asyncDispose]());

describe("the exchange of ID tokens", () => {
  it("gives a token of ten minutes that publishes the skill, and records who has it", async () => {
    const answer = await ci.exchange(await ci.issuer.idToken(githubRun()));
    expect(answer.status).toBe(201);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const given = await jsonOf<{ token: string; token_type: string; created: string; expires: string }>(
      answer,
    );
    expect(given.token_type).toBe("oidc");
    expect(given.token).toMatch(/^skl_/);
    expect(Date.parse(given.expires) - Date.parse(given.created)).toBe(10 * 60_000);
    expect((await ci.publish(given.token, "@acme/x", "1.0.0")).status).toBe(201);
    const entries = await ci.metadata.audit({ namespace: "acme", before: null, limit: 10 });
    expect(entries.map(({ action, account }) => ({ action, account }))).toEqual(
      expect.arrayContaining([
        { action: "exchange", account: "GitHub Actions" },
        { action: "publish", account: "GitHub Actions" },
      ]),
    );
    expect(entries.find(({ action }) => action === "publish")?.detail).toMatchObject({
      repository: `${ci.issuer.issuer}/acme/skills`,
      commit: githubRun()["sha"],
      run: `${ci.issuer.issuer}/acme/skills/actions/runs/22259804324`,
    });
  });

  it("shows in packument and REST answer where a version was built", async () => {
    expect((await ci.publish(await ci.tokenFor(githubRun()), "@acme/x", "1.1.0")).status).toBe(201);
    const provenance = {
      issuer: "github",
      publisher: "GitHub Actions",
      repository: `${ci.issuer.issuer}/acme/skills`,
      commit: githubRun()["sha"],
      ref: "refs/heads/main",
      workflow: ".github/workflows/publish.yml",
      environment: null,
      run: `${ci.issuer.issuer}/acme/skills/actions/runs/22259804324`,
    };
    expect(await jsonOf(ci.registry.fetch("/@acme%2fx/1.1.0"))).toMatchObject({
      _npmUser: { name: "GitHub Actions", email: "", trustedPublisher: { id: "github" } },
      provenance,
    });
    expect(await jsonOf(ci.registry.fetch("/api/skills/acme/x/1.1.0"))).toMatchObject({ provenance });
    const page = await (
      await ci.registry.fetch("/skills/acme/x/v/1.1.0", { headers: { accept: "text/html" } })
    ).text();
    expect(page).toContain("Built by GitHub Actions");
    expect(page).toContain(`<a href="${provenance.repository}/commit/${String(provenance.commit)}"`);
    expect(page).toContain(`<a href="${provenance.run}"`);
    expect(page).toContain(".github/workflows/publish.yml");
    expect(page).not.toContain('href="/@GitHub');
  });

  it("takes each ID token once, also when it comes eight times at the same moment", async () => {
    const idToken = await ci.issuer.idToken(githubRun());
    const answers = await Promise.all(Array.from({ length: 8 }, async () => await ci.exchange(idToken)));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array<number>(7).fill(401)]);
    const again = await ci.exchange(idToken);
    expect(await jsonOf(again)).toMatchObject({
      code: "ENEEDAUTH",
      detail: expect.stringContaining("exchanged before"),
    });
  });
});

const STRANGERS: [what: string, claims: Record<string, unknown>, reason: RegExp][] = [
  [
    "of a repository that took the name of a trusted one",
    { repository_id: "999" },
    /the repository acme\/skills \(999\) of github is not trusted to publish @acme\/picky/,
  ],
  [
    "of another workflow",
    { workflow_ref: "acme/skills/.github/workflows/test.yml@refs/heads/main" },
    /its workflow is ".github\/workflows\/test.yml"/,
  ],
  [
    "whose workflow has the path of the trusted one for a title",
    {
      workflow: ".github/workflows/publish.yml",
      workflow_ref: "acme/skills/.github/workflows/test.yml@refs/heads/main",
    },
    /its workflow is ".github\/workflows\/test.yml"/,
  ],
  [
    "whose workflow comes from another repository",
    { workflow_ref: "acme/other/.github/workflows/publish.yml@refs/heads/main" },
    /it has no workflow/,
  ],
  ["outside of the environment", { environment: undefined }, /it has no environment/],
  ["of another environment", { environment: "test" }, /its environment is "test"/],
  ["of another branch", { ref: "refs/heads/draft" }, /its ref is "refs\/heads\/draft"/],
  ["with a claim that would drive a terminal", { ref: "refs/heads/\u001B[2J" }, /it has no ref/],
  [
    "for the changes of strangers",
    { event_name: "pull_request_target" },
    /pull_request_target may not publish/,
  ],
  [
    "for a merge request, which may be that of a fork",
    { pipeline_source: "merge_request_event" },
    /merge_request_event may not publish/,
  ],
];

describe("a run is not trusted", () => {
  const trusted = { environment: "release" };

  beforeAll(async () => void (await ci.trust("@acme/picky", { environment: "release", ref: "main" })));

  it.each(STRANGERS)("%s", async (_what, claims, reason) => {
    const run = { ...githubRun(trusted), ...claims };
    const defined = Object.fromEntries(Object.entries(run).filter(([, value]) => value !== undefined));
    const detail = await ci.refused(
      await ci.exchange(await ci.issuer.idToken(defined), "@acme/picky"),
      reason,
    );
    for (const secret of ["release", "publish.yml", "424242"]) expect(detail).not.toContain(secret);
  });

  it("but the one that is meant may publish", async () => {
    expect(
      (await ci.publish(await ci.tokenFor(githubRun(trusted), "@acme/picky"), "@acme/picky", "1.0.0")).status,
    ).toBe(201);
  });

  it("for a skill that nobody trusts it with, there or not", async () => {
    await ci.publish(ci.owner, "@acme/alone", "1.0.0");
    for (const skill of ["@acme/alone", "@acme/nothing", "@nobody/nothing"]) {
      const answer = await ci.exchange(await ci.issuer.idToken(githubRun()), skill);
      expect(await jsonOf(answer)).toMatchObject({
        code: "ENEEDAUTH",
        detail: `the repository acme/skills (424242) of github is not trusted to publish ${skill}`,
      });
    }
  });
});
