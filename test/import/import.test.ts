import { rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { startTeam, type Team } from "../support/team.ts";
import { makeUpstream, type Upstream } from "../support/upstream.ts";

let team: Team;
beforeAll(async () => {
  team = await startTeam();
});
afterAll(() => team[Symbol.asyncDispose]());

/** A repository of its own for a case; its skills have to be called after the case, for all share one registry. */
function upstream(name: string): Promise<Upstream> {
  return makeUpstream(join(team.project, "upstreams", name));
}

function importing(source: string, ...more: string[]): ReturnType<Team["skills"]> {
  return team.skills(["import", source, "--namespace", "@acme", ...more]);
}

interface Rows {
  source: { repository: string; commit: string | null };
  skills: { path: string; name: string; state: string; published: boolean; reason: string | null }[];
}

async function rowsOf(source: string, ...more: string[]): Promise<Rows> {
  const { stdout } = await importing(source, "--json", ...more);
  return JSON.parse(stdout) as Rows;
}

async function latest(name: string): Promise<Record<string, unknown>> {
  const answer = await team.registry.fetch(`/@acme%2f${name}`, { token: team.token });
  const packument = (await answer.json()) as {
    "dist-tags": { latest: string };
    versions: Record<string, Record<string, unknown>>;
  };
  return packument.versions[packument["dist-tags"].latest] ?? {};
}

describe("a repository", () => {
  test("is published once, then only where it has changed, and a commit elsewhere is no change", async () => {
    const repository = await upstream("flow");
    const first = await repository.commit({
      "README.md": "# Skills",
      "skills/flow-a/SKILL.md": skillText("flow-a"),
      "deep/er/flow-b/SKILL.md": skillText("flow-b"),
      "deep/er/flow-b/nested/flow-c/SKILL.md": skillText("flow-c"),
      "skills/flow-d/SKILL.md": skillText("flow-d"),
    });
    const new4 = await importing(repository.url);
    expect(new4).toMatchObject({ code: 0 });
    expect(new4.stdout).toBe(
      [
        "new  @acme/flow-b  1.0.0  deep/er/flow-b",
        "new  @acme/flow-c  1.0.0  deep/er/flow-b/nested/flow-c",
        "new  @acme/flow-a  1.0.0  skills/flow-a",
        "new  @acme/flow-d  1.0.0  skills/flow-d",
        "4 new, 0 updated, 0 unchanged\n",
      ].join("\n"),
    );
    expect(await latest("flow-a")).toMatchObject({
      version: "1.0.0",
      license: "MIT",
      skill: { importedFrom: { repository: repository.url, commit: first, path: "skills/flow-a" } },
    });

    await repository.commit({ "README.md": "# More skills" });
    expect((await importing(repository.url)).stdout).toContain("0 new, 0 updated, 4 unchanged");

    const third = await repository.commit({
      "skills/flow-a/SKILL.md": skillText("flow-a", "Do it better.\n"),
      "skills/flow-d": null,
      "skills/flow-e/SKILL.md": skillText("flow-e"),
    });
    const changed = await importing(repository.url, "--dry-run");
    expect(changed.stdout).toContain("would be: 1 new, 1 updated, 2 unchanged");
    expect((await importing(repository.url)).stdout).toMatch(/^update +@acme\/flow-a +1\.0\.0 → 1\.0\.1 /m);
    expect(await latest("flow-a")).toMatchObject({
      version: "1.0.1",
      skill: { importedFrom: { commit: third } },
    });
  });

  test("is shown and left alone by a dry run", async () => {
    const repository = await upstream("dry");
    await repository.commit({ "dry/SKILL.md": skillText("dry") });
    expect(await importing(repository.url, "--dry-run")).toMatchObject({
      code: 0,
      stdout: "new  @acme/dry  1.0.0  dry\nwould be: 1 new, 0 updated, 0 unchanged\n",
    });
    expect((await team.registry.fetch("/@acme%2fdry", { token: team.token })).status).toBe(404);
  });

  test("is read at a branch, a tag or a commit, below a folder, and in part", async () => {
    const repository = await upstream("refs");
    const first = await repository.commit({ "x/ref-a/SKILL.md": skillText("ref-a") });
    await repository.git("tag", "v1");
    await repository.commit({
      "y/ref-b/SKILL.md": skillText("ref-b"),
      "y/ref-c/SKILL.md": skillText("ref-c"),
    });
    const paths = async (...more: string[]): Promise<string[]> =>
      (await rowsOf(repository.url, "--dry-run", ...more)).skills.map(({ path }) => path);
    expect(await paths("--ref", "v1")).toEqual(["x/ref-a"]);
    expect(await paths("--ref", first)).toEqual(["x/ref-a"]);
    expect(await paths("--ref", "main", "--path", "y")).toEqual(["y/ref-b", "y/ref-c"]);
    expect(await paths("--select", "ref-c,x/ref-a")).toEqual(["x/ref-a", "y/ref-c"]);
    const unknown = await importing(repository.url, "--select", "ref-d");
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("there is no skill ref-d in it"),
    });
  });

  test("with an invalid skill says what is wrong, publishes the others, and repairs a copy with --fix", async () => {
    const repository = await upstream("fix");
    await repository.commit({
      "fix-a/SKILL.md": skillText("fix-a"),
      "fix-b/SKILL.md": skillText("Fix_B"),
      "fix-c/skill.md": skillText("fix-c"),
      "fix-d/SKILL.md": "no frontmatter",
    });
    const result = await importing(repository.url);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain("1 new, 0 updated, 0 unchanged, 3 invalid");
    expect(result.stdout).toContain("[manifest.name.pattern]");
    expect(result.stdout).toContain("[skill.case]");
    expect(result.stderr).toContain("error EPARTIAL: 3 of 4 cannot be imported: fix-b, fix-c, fix-d");
    expect(result.stderr).toContain("--fix repairs");

    const fixed = await importing(repository.url, "--fix");
    expect(fixed.stdout).toContain("  fixed SKILL.md: name: Fix_B → fix-b");
    expect(fixed.stdout).toContain("  fixed skill.md → SKILL.md");
    expect(fixed.stdout).toContain("2 new, 0 updated, 1 unchanged, 1 invalid");
    expect(await latest("fix-b")).toMatchObject({ version: "1.0.0" });
    expect(await repository.git("status", "--porcelain")).toBe("");
  });

  test("with a name twice has neither imported until one is chosen by its folder; copies of agents do not count", async () => {
    const repository = await upstream("twice");
    await repository.commit({
      "a/twice/SKILL.md": skillText("twice"),
      "b/twice/SKILL.md": skillText("twice", "Otherwise.\n"),
      "skills/once/SKILL.md": skillText("once"),
      ".claude/skills/once/SKILL.md": skillText("once", "An old copy.\n"),
      ".agents/skills/hidden/SKILL.md": skillText("hidden"),
      ".claude/skills/hidden/SKILL.md": skillText("hidden"),
    });
    const result = await importing(repository.url);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain(
      "it has the same name as b/twice: choose one by its folder with --select",
    );
    expect(result.stdout).toContain("2 new, 0 updated, 0 unchanged, 2 refused");
    expect(result.stdout).toMatch(/^new +@acme\/hidden +1\.0\.0 +\.agents\/skills\/hidden$/m);
    expect(await importing(repository.url, "--select", "b/twice")).toMatchObject({ code: 0 });
    const copy = await rowsOf(repository.url, "--dry-run", "--select", ".claude/skills/once");
    expect(copy.skills).toMatchObject([{ path: ".claude/skills/once", name: "@acme/once" }]);
    expect(await latest("twice")).toMatchObject({ skill: { importedFrom: { path: "b/twice" } } });
  });

  test("that is one skill keeps its own files out, and a pack is a package of several", async () => {
    const one = await upstream("top");
    await one.commit({
      "SKILL.md": skillText("top-skill"),
      "references/a.md": "# A",
      ".github/workflows/ci.yml": "on: push",
    });
    expect((await importing(one.url, "--select", ".")).stdout).toContain("new  @acme/top-skill  1.0.0  .\n");
    const pack = await upstream("pack");
    await pack.commit({
      "package.json": JSON.stringify({ name: "some-pack", version: "2.1.0", license: "MIT" }),
      "skills/pack-a/SKILL.md": skillText("pack-a"),
      "skills/pack-b/SKILL.md": skillText("pack-b"),
    });
    expect((await importing(pack.url)).stdout).toContain("new  @acme/some-pack  2.1.0  .\n");
    expect(await team.json(["info", "@acme/some-pack"])).toMatchObject({ version: "2.1.0" });
  });
});

describe("a package.json of the upstream", () => {
  test("gives its fields but not its name, and its version where that is higher", async () => {
    const repository = await upstream("fields");
    const manifest = {
      name: "@else/where",
      version: "1.0.0",
      keywords: ["law"],
      homepage: "https://example.com/",
    };
    await repository.commit({
      "fields/SKILL.md": skillText("fields"),
      "fields/package.json": JSON.stringify({
        ...manifest,
        publishConfig: { registry: "https://example.com/" },
      }),
    });
    const { stdout } = await importing(repository.url);
    expect(stdout).toContain(
      "new  @acme/fields  1.0.0  fields\n  upstream's package.json calls it @else/where\n",
    );
    expect(await latest("fields")).toMatchObject({ keywords: ["law"], homepage: "https://example.com/" });
    const raised = { "fields/package.json": JSON.stringify({ ...manifest, version: "3.0.0" }) };
    await repository.commit(raised);
    expect((await importing(repository.url)).stdout).toContain("1 unchanged");
    await repository.commit({ ...raised, "fields/SKILL.md": skillText("fields", "Do it better.\n") });
    expect((await importing(repository.url)).stdout).toContain("1.0.0 → 3.0.0");
  });

  test("that is private keeps its skill out until somebody names it", async () => {
    const repository = await upstream("private");
    await repository.commit({
      "secretive/SKILL.md": skillText("secretive"),
      "secretive/package.json": JSON.stringify({ name: "secretive", private: true }),
    });
    const result = await importing(repository.url);
    expect(result).toMatchObject({ code: 1, stdout: expect.stringContaining("name it with --select") });
    expect(await importing(repository.url, "--select", "secretive")).toMatchObject({ code: 0 });
  });
});

describe("a skill that is there already", () => {
  test("is left alone where it was published by hand, until --force", async () => {
    const folder = await team.write("by-hand", { "SKILL.md": skillText("by-hand") });
    expect(await team.skills(["publish", folder, "--scope", "@acme"])).toMatchObject({ code: 0 });
    const repository = await upstream("hand");
    await repository.commit({ "by-hand/SKILL.md": skillText("by-hand", "Another one.\n") });
    const result = await importing(repository.url);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain("@acme/by-hand@1.0.0 was published by hand; --force publishes over it");
    expect(await latest("by-hand")).toMatchObject({ version: "1.0.0" });
    expect((await importing(repository.url, "--force")).stdout).toContain("1.0.0 → 1.0.1");
  });

  test("is left alone where it came from elsewhere, and followed where its folder was moved", async () => {
    const repository = await upstream("origin");
    await repository.commit({ "wander/SKILL.md": skillText("wander") });
    await importing(repository.url);
    const other = await upstream("impostor");
    await other.commit({ "wander/SKILL.md": skillText("wander", "Not the same.\n") });
    const refused = await rowsOf(other.url);
    expect(refused.skills).toMatchObject([
      { state: "refused", reason: expect.stringContaining(`imported from wander of ${repository.url}`) },
    ]);
    await repository.commit({ wander: null, "moved/wander/SKILL.md": skillText("wander") });
    expect((await importing(repository.url)).stdout).toMatch(
      /update +@acme\/wander +1\.0\.0 → 1\.0\.1 +moved/,
    );
  });
});

describe("a folder", () => {
  test("is read as it is committed, and without a commit where it has changes", async () => {
    const repository = await upstream("local");
    const commit = await repository.commit({ "sub/local/SKILL.md": skillText("local") });
    await repository.git("remote", "add", "origin", "https://ada:secret-token@github.com/acme/skills.git");
    const clean = await rowsOf(join(repository.folder, "sub"), "--dry-run");
    expect(clean.source).toMatchObject({ repository: "https://github.com/acme/skills.git", commit });
    expect(clean.skills).toMatchObject([{ path: "sub/local", state: "new" }]);
    await writeFile(join(repository.folder, "sub/local/more.md"), "More.");
    const dirty = await importing(join(repository.folder, "sub"));
    expect(dirty.stderr).toContain("warning: the folder has changes that are not committed");
    expect(await latest("local")).toMatchObject({
      repository: { type: "git", url: "git+https://github.com/acme/skills.git", directory: "sub/local" },
      skill: { importedFrom: { repository: "https://github.com/acme/skills.git", path: "sub/local" } },
    });
    expect(JSON.stringify([clean, dirty, await latest("local")])).not.toContain("secret-token");
  });

  test("that is no repository is known by its name alone", async () => {
    const folder = await team.write("plain-folder", { "plain/SKILL.md": skillText("plain") });
    expect((await rowsOf(folder)).source).toEqual({
      repository: "file:plain-folder",
      commit: null,
      path: "",
    });
    await symlink("/etc/passwd", join(folder, "plain/link"));
    const linked = await importing(folder);
    expect(linked).toMatchObject({ code: 1, stdout: expect.stringContaining("[archive.link]") });
    await rm(join(folder, "plain/link"));
    expect((await importing(folder)).stdout).toContain("1 unchanged");
  });
});

test("without a login the first refusal ends it, and says how to log in", async () => {
  const folder = await team.write("anonymous", {
    "anon-a/SKILL.md": skillText("anon-a"),
    "anon-b/SKILL.md": skillText("anon-b"),
  });
  const args = ["import", folder, "--namespace", "@acme", "--registry", team.registry.url];
  const result = await team.skills(args, { home: folder });
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toContain("skills login");
});

test("a namespace is needed where nobody can be asked", async () => {
  const result = await team.skills(["import", "."]);
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining("--namespace @acme") });
});

test("Ctrl-C stops it, and what was not sent is not published", async () => {
  const folder = await team.write("interrupted", { "halt/SKILL.md": skillText("halt") });
  const stop = new AbortController();
  stop.abort();
  const result = await team.skills(["import", folder, "--namespace", "@acme"], { signal: stop.signal });
  expect(result.code).toBe(130);
  expect((await team.registry.fetch("/@acme%2fhalt", { token: team.token })).status).toBe(404);
});
