import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CiIssuer, githubRun, gitlabJob, startCiIssuer, trusting } from "../support/ci-issuer.ts";
import { makeScratch, runCli, type Scratch, skillText } from "../support/cli.ts";
import { startFakeGitHub, type FakeGitHub } from "../support/fake-github.ts";
import { startTeam, type Team } from "../support/team.ts";

const WORKFLOW = ["--issuer", "github", "--repository", "acme/skills", "--workflow", "publish.yml"];

let issuer: CiIssuer;
let github: FakeGitHub;
let team: Team;
let runner: Scratch;

beforeAll(async () => {
  issuer = await startCiIssuer();
  github = await startFakeGitHub({ repositories: [{ id: 424242, name: "Acme/skills", ownerId: 2020 }] });
  team = await startTeam({
    settings: trusting(
      { id: "github", type: "github", title: "GitHub Actions", issuer: issuer.issuer, url: github.url },
      { id: "gitlab", type: "gitlab", title: "GitLab CI", issuer: "https://gitlab.example.com" },
      { id: "builder", type: "other", title: "Builder", issuer: "https://builder.example.com" },
    ),
  });
  runner = await makeScratch();
  await runner.write("home", { ".npmrc": `fetch-retries=0\nregistry=${team.registry.url}/\n` });
});
afterAll(async () => {
  await runner[Symbol.asyncDispose]();
  await team[Symbol.asyncDispose]();
  await github[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});

interface TrustDocument {
  id: string;
  claims: Record<string, string>;
}

describe("skills trust", () => {
  it("adds, lists and removes, for a skill and for a namespace", async () => {
    for (const subject of ["@acme/x", "@acme"]) {
      const args = ["trust", "add", subject, ...WORKFLOW, "--environment", "release", "--ref", "main"];
      const added = await team.skills(args);
      expect(added).toMatchObject({ code: 0, stderr: "" });
      expect(added.stdout).toContain(`${subject} can be published by:\n`);
      expect(added.stdout).toMatch(/^ {2}repository_id +424242$/m);
      const { trusts } = (await team.json(["trust", "list", subject])) as { trusts: TrustDocument[] };
      expect(trusts).toMatchObject([
        {
          subject,
          issuer: "github",
          createdBy: "acme",
          claims: {
            repository_id: "424242",
            repository: "Acme/skills",
            workflow: ".github/workflows/publish.yml",
            environment: "release",
            ref: "refs/heads/main",
          },
        },
      ]);
      expect(await team.json(args)).toMatchObject({ id: trusts[0]?.id });
      const removed = await team.skills(["trust", "remove", subject, trusts[0]?.id ?? ""]);
      expect(removed.stdout).toBe(`removed ${trusts[0]?.id} from ${subject}\n`);
      expect((await team.skills(["trust", "list", subject])).stdout).toBe(
        `no CI system may publish ${subject}\n`,
      );
      expect(await team.skills(["trust", "remove", subject, trusts[0]?.id ?? ""])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("has no such trust"),
      });
    }
  });

  it("trusts a private repository by its number, and others by their claims", async () => {
    const gitlab = [
      "--issuer",
      "gitlab",
      "--repository-id",
      "7",
      "--workflow",
      "ci/publish.yml",
      "--claim",
      "ref_protected=true",
    ];
    expect(await team.json(["trust", "add", "@acme/lab", ...gitlab])).toMatchObject({
      claims: { project_id: "7", workflow: "ci/publish.yml", ref_protected: "true" },
    });
    const builder = ["--issuer", "builder", "--claim", "project=acme", "--claim", "queue=a=b"];
    expect(await team.json(["trust", "add", "@acme/built", ...builder])).toMatchObject({
      claims: { project: "acme", queue: "a=b" },
    });
  });

  it.each([
    ["no workflow", WORKFLOW.slice(0, 4), "the file of the workflow has to be named"],
    ["no repository", ["--issuer", "github", "--workflow", "publish.yml"], "a repository has to be named"],
    ["a repository that is none", [...WORKFLOW, "--repository", "acme"], "named by owner and name"],
    ["a repository that leads up", [...WORKFLOW, "--repository", "../.."], "named by owner and name"],
    [
      "one that the forge does not show",
      [...WORKFLOW, "--repository", "acme/secret"],
      "shows no repository acme/secret",
    ],
    ["an id that is a word", [...WORKFLOW, "--repository-id", "acme"], "is a number"],
    ["a workflow elsewhere", [...WORKFLOW, "--workflow", "../publish.yml"], "a file in .github/workflows/"],
    ["a workflow that is none", [...WORKFLOW, "--workflow", "publish.sh"], "ends in .yml or .yaml"],
    ["an unknown issuer", [...WORKFLOW, "--issuer", "nobody"], "is not an issuer of this registry"],
    ["another issuer without claims", ["--issuer", "builder"], "at least one claim"],
    [
      "another issuer with a repository",
      [...WORKFLOW, "--issuer", "builder"],
      "of this issuer only claims are known",
    ],
    ["a claim that says nothing", ["--issuer", "builder", "--claim", "iss=x"], "says nothing about who runs"],
    ["a repository as a claim", [...WORKFLOW, "--claim", "repository=acme/x"], "by an option of its own"],
  ])("refuses %s", async (_what, options, reason) => {
    const refused = await team.skills(["trust", "add", "@acme/picky", ...options]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) });
    expect(await team.json(["trust", "list", "@acme/picky"])).toEqual({ trusts: [] });
  });

  it("says when the forge does not answer as it should", async () => {
    for (const fault of ["garbage", "error", "redirect", "huge"] as const) {
      github.state.faults = { "/api/v3/repos/acme/skills": fault };
      expect(await team.skills(["trust", "add", "@acme/picky", ...WORKFLOW])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("error EPROVIDER"),
      });
    }
    github.state.faults = {};
  });

  it.each([
    [["trust"], "a <what> is missing"],
    [["trust", "give", "@acme"], '"give" is not one of add, list, remove'],
    [["trust", "list"], "a skill or a namespace is missing"],
    [["trust", "list", "@acme/x", "y"], '"y" is one argument too many'],
    [["trust", "remove", "@acme/x"], "the id of the trust is missing"],
    [["trust", "add", "@acme/x"], "--issuer is missing"],
    [["trust", "add", "@acme/x", "--issuer", "builder", "--claim", "x"], "--claim is name=value"],
    [["trust", "list", "@acme/x/y"], "is not a namespace"],
  ])("explains what is wrong with %j", async (args, reason) => {
    expect(await team.skills(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
  });
});

describe("skills publish in CI", () => {
  beforeAll(async () => {
    for (const subject of ["@acme/run", "@acme/hidden", "@acme/one", "@acme/two"]) {
      expect((await team.skills(["trust", "add", subject, ...WORKFLOW])).code).toBe(0);
    }
  });

  async function publish(name: string, body: string, env: Record<string, string>) {
    const folder = await runner.write(`skills/${name}`, { "SKILL.md": skillText(name, body) });
    return await runCli(["publish", folder, "--scope", "@acme"], {
      cwd: runner.project,
      home: runner.home,
      env,
    });
  }

  it("publishes without a stored token, and info says where it was built", async () => {
    expect(await publish("run", "One.\n", await issuer.runner(githubRun()))).toMatchObject({
      code: 0,
      stdout: "new @acme/run@1.0.0\n",
    });
    expect((await publish("run", "Two.\n", await issuer.runner(githubRun()))).stdout).toBe(
      "update @acme/run 1.0.0 → 1.0.1\n",
    );
    const info = await team.skills(["info", "@acme/run"]);
    expect(info.stdout).toMatch(/^publisher +GitHub Actions$/m);
    expect(info.stdout).toContain(
      `${github.url}/acme/skills@${String(githubRun()["sha"])}, .github/workflows/publish.yml, ${github.url}/acme/skills/actions/runs/22259804324`,
    );
  });

  it("finds a restricted skill unchanged, which only the run may see", async () => {
    const folder = await team.write("hidden", { "SKILL.md": skillText("hidden") });
    const first = await team.skills(["publish", folder, "--scope", "@acme", "--access", "restricted"]);
    expect(first.code, first.stderr).toBe(0);
    expect((await publish("hidden", "Do the thing.\n", await issuer.runner(githubRun()))).stdout).toContain(
      "unchanged @acme/hidden@1.0.0",
    );
  });

  it("keeps the ID token of a job for the skill that has changed", async () => {
    expect((await publish("one", "One.\n", await issuer.runner(githubRun()))).code).toBe(0);
    const env = { GITHUB_ACTIONS: "true", NPM_ID_TOKEN: await issuer.idToken(githubRun()) };
    expect((await publish("one", "One.\n", env)).stdout).toContain("unchanged");
    expect((await publish("two", "One.\n", env)).stdout).toBe("new @acme/two@1.0.0\n");
  });

  it("says why it may not", async () => {
    const refused = await publish("run", "Three.\n", await issuer.runner(githubRun({ repository_id: "1" })));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      "the repository acme/skills (1) of github is not trusted to publish @acme/run",
    );
    const foreign = { GITLAB_CI: "true", NPM_ID_TOKEN: await issuer.idToken(gitlabJob(issuer.issuer)) };
    expect((await publish("run", "Three.\n", foreign)).stderr).toContain("error ENEEDAUTH");
    expect((await publish("run", "Three.\n", { GITHUB_ACTIONS: "true" })).stderr).toContain(
      "error ENEEDAUTH",
    );
  });
});
