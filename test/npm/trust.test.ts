import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CiIssuer, githubRun, startCiIssuer, trustingGithub } from "../support/ci-issuer.ts";
import { type FakeGitHub, startFakeGitHub } from "../support/fake-github.ts";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const CREATE = ["--file", "publish.yml", "--repository", "acme/skills", "--allow-publish", "--yes"];

describe("npm trust", () => {
  let issuer: CiIssuer;
  let github: FakeGitHub;
  let registry: TestRegistry;
  let acme: NpmUser;

  beforeAll(async () => {
    issuer = await startCiIssuer();
    github = await startFakeGitHub({ repositories: [{ id: 424242, name: "acme/skills", ownerId: 2020 }] });
    registry = await startRegistry({ settings: trustingGithub(issuer.issuer, github.url) });
    acme = await npmUser(registry, "acme");
  });
  afterAll(async () => {
    await acme[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
    await github[Symbol.asyncDispose]();
    await issuer[Symbol.asyncDispose]();
  });

  async function listed(name: string): Promise<Record<string, unknown>[]> {
    const { stdout } = await acme.npm(["trust", "list", name, "--json"]);
    // One document for each, one after the other.
    return stdout
      .split(/^(?=\{)/m)
      .filter((text) => text.trim() !== "")
      .map((text) => JSON.parse(text) as Record<string, unknown>);
  }

  it("trusts a workflow of a repository, which then publishes, and no more once that is revoked", async () => {
    const created = await acme.npm(["trust", "github", "@acme/x", ...CREATE, "--environment", "release"]);
    expect(created).toMatchObject({ code: 0 });
    const [trust, ...others] = await listed("@acme/x");
    expect(others).toEqual([]);
    expect(trust).toEqual({
      id: expect.any(String),
      type: "github",
      file: "publish.yml",
      repository: "acme/skills",
      environment: "release",
      permissions: ["createPackage"],
    });

    await using runner = await npmUser(registry);
    const env = await issuer.runner(githubRun({ environment: "release" }));
    const cwd = await runner.skill("@acme/x", "1.0.0");
    expect(await runner.npm(["publish"], { cwd, env })).toMatchObject({ code: 0 });

    const revoked = await acme.npm(["trust", "revoke", "@acme/x", "--id", String(trust?.["id"])]);
    expect(revoked).toMatchObject({ code: 0 });
    expect(await listed("@acme/x")).toEqual([]);
    const next = {
      cwd: await runner.skill("@acme/x", "1.1.0"),
      env: await issuer.runner(githubRun({ environment: "release" })),
    };
    expect((await runner.npm(["publish"], next)).code).toBe(1);
  });

  it("knows the repository by its number: whoever gets its name later is not trusted", async () => {
    expect((await acme.npm(["trust", "github", "@acme/named", ...CREATE])).code).toBe(0);
    await using runner = await npmUser(registry);
    const cwd = await runner.skill("@acme/named", "1.0.0");
    const later = await issuer.runner(githubRun({ repository_id: "777" }));
    expect((await runner.npm(["publish"], { cwd, env: later })).code).toBe(1);
    const renamed = githubRun({
      repository: "acme/renamed",
      workflow_ref: "acme/renamed/.github/workflows/publish.yml@refs/heads/main",
    });
    expect((await runner.npm(["publish"], { cwd, env: await issuer.runner(renamed) })).code).toBe(0);
  });

  it("trusts nobody whom it cannot look up, or who is not meant to publish", async () => {
    const refusals: [args: string[], reason: string][] = [
      [
        ["github", "@acme/no", "--file", "a.yml", "--repository", "acme/none", "--allow-publish"],
        "shows no repository acme/none",
      ],
      [
        ["gitlab", "@acme/no", "--file", "a.yml", "--project", "acme/skills", "--allow-publish"],
        "not configured for exactly one issuer",
      ],
      [["github", "@acme/no", ...CREATE.slice(0, 4), "--allow-stage-publish"], "no staged versions"],
    ];
    for (const [args, reason] of refusals) {
      const refused = await acme.npm(["trust", ...args, "--yes"]);
      expect(refused.code, args.join(" ")).toBe(1);
      expect(refused.stderr, args.join(" ")).toContain(reason);
    }
    expect(await listed("@acme/no")).toEqual([]);
  });

  it("is for owners", async () => {
    await using mallory = await npmUser(registry, "mallory");
    for (const args of [
      ["github", "@acme/x", ...CREATE],
      ["list", "@acme/x"],
      ["revoke", "@acme/x", "--id", "0"],
    ]) {
      const refused = await mallory.npm(["trust", ...args]);
      expect(refused.code, args.join(" ")).toBe(1);
      expect(refused.stderr, args.join(" ")).toContain("E403");
    }
  });
});
