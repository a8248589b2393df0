import { readdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { makeScratch, runCli, skillText, type CliResult, type Scratch } from "../support/cli.ts";
import { startHost } from "../support/host.ts";
import { refusalOf } from "../support/refusal.ts";
import { END, gzipTar, tarEntry } from "../support/tar-writer.ts";
import { makeUpstream, type Upstream } from "../support/upstream.ts";
import { zip, zipFiles } from "../support/zip-writer.ts";

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

/** Nobody answers there: what is wrong with a source is known before the registry is asked. */
const REGISTRY = "http://127.0.0.1:9";

function importing(args: string[], env: Record<string, string> = {}): Promise<CliResult> {
  const all = ["import", ...args, "--namespace", "@acme", "--registry", REGISTRY];
  return runCli(all, { cwd: scratch.project, home: scratch.home, env: { GIT_CONFIG_NOSYSTEM: "1", ...env } });
}

describe("a git address", () => {
  test.each([
    ["ext::sh -c id", "have git run a program"],
    ["http://git.example.com/x.git", "is http, which anybody on the way can change"],
    ["git://git.example.com/x.git", "not among the protocols"],
    ["ftp://example.com/x", "not among the protocols"],
  ])("%s is refused", async (address, message) => {
    expect(refusalOf(await importing([address]))).toMatch(message);
  });

  test.each([["-x"], ["--upload-pack=id"], [""]])("%j is no address", async (address) => {
    expect(await importing(["--", address])).toMatchObject({ code: 2, stdout: "" });
  });

  test.each([["--upload-pack=id"], ["a..b"], ["+refs/*:refs/*"], ["a b"]])("%j is no ref", async (ref) => {
    const result = await importing(["file:///nowhere.git", `--ref=${ref}`]);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining("no branch, tag or commit") });
  });

  test("without a repository behind it says so", async () => {
    expect(refusalOf(await importing([`file://${scratch.project}/nothing.git`]))).toMatch(
      "there is no repository",
    );
  });

  test("of a host that does not answer says so", async () => {
    expect(refusalOf(await importing(["http://127.0.0.1:9/x.git"]))).toMatch("the host does not answer");
  });

  test("that wants a login is refused without a question, and says how to log in", async () => {
    await using host = await startHost({
      "*": (answer) => void answer.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end(),
    });
    expect(refusalOf(await importing([`${host.url}/x.git`]))).toMatch("the repository is refused to you");
  });

  test("shows its password to its own host alone, and to nobody who reads along", async () => {
    await using other = await startHost({ "*": 404 });
    await using host = await startHost({
      "/x.git/info/refs": (answer) =>
        void answer
          .writeHead(302, { location: `${other.url}/x.git/info/refs?service=git-upload-pack` })
          .end(),
      "/y.git/info/refs": (answer) =>
        void answer.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end(),
    });
    const address = host.url.replace("//", "//ada:s3cret-word@");
    const sentOn = await importing([`${address}/x.git`]);
    const refused = await importing([`${address}/y.git`]);
    expect(sentOn.stderr + refused.stderr).not.toContain("s3cret-word");
    expect(other.asked.length).toBeGreaterThan(0);
    expect(JSON.stringify(other.asked)).not.toContain("authorization");
    const sent = host.asked.map(({ headers }) => headers.authorization);
    expect(sent).toContain(`Basic ${Buffer.from("ada:s3cret-word").toString("base64")}`);
  });

  test("of a host that says nothing is given up by Ctrl-C at once", async () => {
    const stop = new AbortController();
    await using host = await startHost({ "*": () => stop.abort() });
    const args = ["import", `${host.url}/x.git`, "--namespace", "@acme"];
    const where = { cwd: scratch.project, home: scratch.home, signal: stop.signal };
    expect(await runCli(args, where)).toMatchObject({ code: 130, stdout: "" });
  });

  test("is not imported as a whole where --select is empty", async () => {
    const result = await importing(["file:///nowhere.git", "--select", ","]);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining("--select names nothing") });
  });

  test("is not asked with --offline", async () => {
    const result = await importing(["https://git.example.com/x.git", "--offline"]);
    expect(result).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("error ENOTCACHED"),
    });
  });

  test("needs git", async () => {
    expect(refusalOf(await importing(["file:///srv/x.git"], { PATH: scratch.project }))).toMatch(
      "git is not installed, or not in PATH",
    );
  });
});

describe("a repository", () => {
  test("without a commit, without a skill, and without the ref says what it lacks", async () => {
    const repository = await makeUpstream(join(scratch.project, "bare-minimum"));
    expect(refusalOf(await importing([repository.url]))).toMatch("the repository is empty");
    await repository.commit({ "README.md": "Nothing." });
    expect(refusalOf(await importing([repository.url]))).toMatch("there is no SKILL.md among its 1 files");
    expect(refusalOf(await importing([repository.url, "--ref", "v9"]))).toMatch(
      "no such branch, tag or commit",
    );
    expect(refusalOf(await importing([repository.url, "--path", "skills"]))).toMatch(
      "there is no folder skills in it",
    );
  });

  test("of 10,000 files is read", async () => {
    const repository = await makeUpstream(join(scratch.project, "many"));
    const blob = await repository.feed("x", "hash-object", "-w", "--stdin");
    const lines = Array.from({ length: 10_000 }, (_, number) => `100644 blob ${blob}\t${number}.txt\n`);
    await commitTree(repository, lines.join(""));
    expect(refusalOf(await importing([repository.url]))).toMatch(
      "there is no SKILL.md among its 10000 files",
    );
  });

  test("of many skills with one name, nested in each other, is told about in few words", async () => {
    const repository = await makeUpstream(join(scratch.project, "endless"));
    const blob = await repository.feed("bad", "hash-object", "-w", "--stdin");
    const nested = Array.from({ length: 100 }, (_, depth) => `${"d/".repeat(depth + 1)}SKILL.md`);
    const flat = Array.from({ length: 500 }, (_, number) => `${number}/same/SKILL.md`);
    const files = [...nested, ...flat].map((path) => `100644 ${blob}\t${path}\n`).join("");
    await repository.feed(files, "update-index", "--index-info");
    await repository.git("commit", "--quiet", "-m", "Endless");
    const { stdout } = await importing([repository.url]);
    expect(stdout).toContain("0 new, 0 updated, 0 unchanged, 600 invalid");
    expect(stdout).toContain("[archive.path.depth]");
    expect(stdout).toContain(
      "it has the same name as 0/same, 1/same, 10/same, 100/same, 101/same, 494 more:",
    );
    expect(stdout.length).toBeLessThan(300_000);
  });

  test("with a path that leads out of it is refused, whatever else it holds", async () => {
    const repository = await makeUpstream(join(scratch.project, "escape"));
    const blob = await repository.feed(skillText("x"), "hash-object", "-w", "--stdin");
    const inner = await repository.feed(`100644 blob ${blob}\tSKILL.md\n`, "mktree");
    await commitTree(repository, `040000 tree ${inner}\t..\n`);
    expect(refusalOf(await importing([repository.url]))).toMatch(
      /the path "\.\.\/SKILL\.md", which leads out of it/,
    );
  });

  test("with links, submodules, huge files, pointers of LFS and odd names has these skills refused, each with its reason", async () => {
    const repository = await makeUpstream(join(scratch.project, "hostile"));
    const names = ["linked", "nested", "huge", "large", "pointer"];
    const skills = names.map((name) => [`${name}/SKILL.md`, skillText(name)]);
    await repository.commit({
      ...Object.fromEntries(skills),
      "-x/SKILL.md": skillText("-x"),
      "pointer/data.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
      "huge/SKILL.md": Buffer.alloc(2 * 1024 * 1024, "a"),
    });
    await symlink("/etc/passwd", join(repository.folder, "linked/passwd"));
    await writeFile(join(repository.folder, "large/data.bin"), "");
    await truncate(join(repository.folder, "large/data.bin"), 50 * 1024 * 1024);
    const head = await repository.git("rev-parse", "HEAD");
    await repository.git("update-index", "--add", "--cacheinfo", `160000,${head},nested/module`);
    await repository.git("add", "linked", "large");
    await repository.git("commit", "--quiet", "-m", "Hostile");
    const { code, stdout } = await importing([repository.url]);
    expect(code).toBe(1);
    expect(stdout).toContain("0 new, 0 updated, 0 unchanged, 5 invalid, 1 refused");
    for (const found of [
      "archive.link",
      "archive.type",
      "skill.size",
      "archive.limit.file",
      "manifest.name.pattern",
    ])
      expect(stdout).toContain(`[${found}]`);
    expect(stdout).toContain("data.bin is kept by Git LFS");
  });

  test("leaves nothing of itself behind", async () => {
    const temporary = await scratch.write("temporary", { keep: "" });
    vi.stubEnv("TMPDIR", temporary);
    const repository = await makeUpstream(join(scratch.project, "tidy"));
    await repository.commit({ "tidy/SKILL.md": "invalid", "tidy/.npmignore": "x" });
    expect((await importing([repository.url])).stdout).toContain("1 invalid");
    expect(await readdir(temporary)).toEqual(["keep"]);
    vi.unstubAllEnvs();
  });
});

async function commitTree(repository: Upstream, lines: string): Promise<void> {
  const tree = await repository.feed(lines, "mktree");
  const commit = await repository.git("commit-tree", tree, "-m", "Files");
  await repository.git("update-ref", "refs/heads/main", commit);
}

describe("an archive", () => {
  const skill = { "repo-main/a/SKILL.md": skillText("a") };
  const tgz = (files: Record<string, string>): Buffer =>
    gzipTar(...Object.entries(files).map(([name, text]) => tarEntry({ name }, text)), END);

  test.each([
    ["half a .tgz", "x.tgz", tgz(skill).subarray(0, 90), "gzip"],
    ["half a .zip", "x.zip", zipFiles(skill).subarray(0, 90), "cannot be imported"],
    ["another file", "x.tgz", Buffer.from("hello"), "not gzip"],
    ["a way out of a .tgz", "x.tgz", tgz({ "../evil/SKILL.md": "x" }), "leads out of it"],
    ["a way out of a .zip", "x.zip", zipFiles({ "../evil/SKILL.md": "x" }), "invalid relative path"],
    ["a bomb in a .tgz", "x.tgz", gzipSync(Buffer.alloc(64 * 1024 * 1024)), "unpacks to more than"],
    ["a bomb in a .zip", "x.zip", zipFiles({ "a/b": Buffer.alloc(8 * 1024 * 1024) }), "unpacks to more than"],
    ["a lie about sizes", "x.zip", zip([{ name: "a/b", data: "much more", size: 2 }]), "cannot be imported"],
    ["a wrong checksum", "x.zip", zip([{ name: "a/b", data: "x", crc: 1 }]), "a/b is damaged"],
  ])("that is %s is refused", async (_, name, bytes, message) => {
    const file = join(scratch.project, name);
    await writeFile(file, bytes);
    expect(refusalOf(await importing([file]))).toMatch(message);
  });

  test("that is not there, and a folder that is not, say so; owner/repo is told how to write it", async () => {
    expect(refusalOf(await importing(["missing.tgz"]))).toMatch("there is no folder or file missing.tgz");
    const looksLikeGithub = await importing(["acme/skills"]);
    expect(refusalOf(looksLikeGithub)).toMatch("github:acme/skills");
    await using host = await startHost({});
    expect(refusalOf(await importing([`${host.url}/x.tgz`]))).toMatch("there is nothing at");
  });

  test("that a host sends on from https to http, or from the network to this machine, is not fetched", async () => {
    await using host = await startHost({
      "/x.zip": (answer) => void answer.writeHead(302, { location: "http://files.example.com/x.zip" }).end(),
    });
    expect(refusalOf(await importing([`${host.url}/x.zip`]))).toMatch(
      "sends on to an address that is not followed",
    );
  });
});

describe("a registry that cannot be reached", () => {
  test("ends it before anything is published", async () => {
    const folder = await scratch.write("project/unheard", { "a/SKILL.md": skillText("a") });
    const result = await importing([folder], { npm_config_fetch_retries: "0" });
    expect(result).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("error EREGISTRY") });
  });
});
