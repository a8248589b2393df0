import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CiIssuer, githubRun, gitlabJob, startCiIssuer, trusting } from "../support/ci-issuer.ts";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

describe("npm publish, by trusted publishing", () => {
  let github: CiIssuer;
  let gitlab: CiIssuer;
  let registry: TestRegistry;
  let runner: NpmUser;

  beforeAll(async () => {
    [github, gitlab] = [await startCiIssuer(), await startCiIssuer()];
    registry = await startRegistry({
      settings: trusting(
        { id: "github", type: "github", title: "GitHub Actions", issuer: github.issuer },
        { id: "gitlab", type: "gitlab", title: "GitLab CI", issuer: gitlab.issuer },
      ),
    });
    const token = await registry.account("acme");
    for (const wish of [
      { issuer: "github", repositoryId: "424242", workflow: "publish.yml" },
      { issuer: "gitlab", repositoryId: "46573356", workflow: ".gitlab-ci.yml", ref: "main" },
    ]) {
      const body = JSON.stringify(wish);
      expect(
        (await registry.fetch("/api/namespaces/acme/trust", { method: "POST", token, body })).status,
      ).toBe(201);
    }
    runner = await npmUser(registry);
  });
  afterAll(async () => {
    await runner[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
    await github[Symbol.asyncDispose]();
    await gitlab[Symbol.asyncDispose]();
  });

  it("publishes a new skill and its next version from GitHub Actions, where nothing is stored", async () => {
    for (const version of ["1.0.0", "1.1.0"]) {
      const cwd = await runner.skill("@acme/built", version);
      const env = await github.runner(githubRun());
      expect(await runner.npm(["publish"], { cwd, env })).toMatchObject({ code: 0 });
    }
    const viewed = await runner.npm(["view", "@acme/built", "--json"]);
    expect(JSON.parse(viewed.stdout)).toMatchObject({
      version: "1.1.0",
      versions: ["1.0.0", "1.1.0"],
      _npmUser: "GitHub Actions",
      provenance: { commit: githubRun()["sha"], workflow: ".github/workflows/publish.yml" },
    });
  });

  it("publishes for a public repository, too: nothing is told to a public log", async () => {
    const cwd = await runner.skill("@acme/open", "1.0.0");
    const env = await github.runner(githubRun({ repository_visibility: "public" }));
    expect(await runner.npm(["publish"], { cwd, env })).toMatchObject({ code: 0 });
    const again = await runner.skill("@acme/open", "1.1.0");
    const next = await github.runner(githubRun({ repository_visibility: "public" }));
    expect(await runner.npm(["publish"], { cwd: again, env: next })).toMatchObject({ code: 0 });
  });

  it("publishes from GitLab with the ID token of the job", async () => {
    const cwd = await runner.skill("@acme/piped", "1.0.0");
    const env = { GITLAB_CI: "true", NPM_ID_TOKEN: await gitlab.idToken(gitlabJob(gitlab.issuer)) };
    expect(await runner.npm(["publish"], { cwd, env })).toMatchObject({ code: 0 });
    const viewed = await runner.npm(["view", "@acme/piped", "provenance.run"]);
    expect(viewed.stdout.trim()).toBe(`${gitlab.issuer}/acme/skills/-/pipelines/1519139981`);
  });

  it("publishes nothing for another repository, and says why to who asks", async () => {
    const cwd = await runner.skill("@acme/stolen", "1.0.0");
    const env = await github.runner(githubRun({ repository_id: "666" }));
    const refused = await runner.npm(["publish", "--loglevel=verbose"], { cwd, env });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("ENEEDAUTH");
    expect((await registry.fetch("/@acme%2fstolen")).status).toBe(404);
  });

  it("takes an ID token for one publish only", async () => {
    const NPM_ID_TOKEN = await github.idToken(githubRun());
    const env = { GITHUB_ACTIONS: "true", NPM_ID_TOKEN };
    const first = await runner.skill("@acme/once", "1.0.0");
    expect((await runner.npm(["publish"], { cwd: first, env })).code).toBe(0);
    const second = await runner.skill("@acme/twice", "1.0.0");
    expect((await runner.npm(["publish"], { cwd: second, env })).code).toBe(1);
    expect((await registry.fetch("/@acme%2ftwice")).status).toBe(404);
  });
});
