import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { run } from "../../cli/src/run.ts";
import { makeScratch, runCli, skillText, testWorld } from "../support/cli.ts";
import { PASSWORD, startRegistry } from "../support/registry.ts";
import { startTeam } from "../support/team.ts";

describe("an account", () => {
  test("logs in, is known, logs out, and its token is dead then", async () => {
    await using registry = await startRegistry();
    await using scratch = await makeScratch();
    const options = { cwd: scratch.project, home: scratch.home, env: { SKILLS_REGISTRY: registry.url } };
    const login = await runCli(["login", "--username", "ada", "--password-stdin"], {
      ...options,
      stdin: `${PASSWORD}\n`,
    });
    expect(login).toMatchObject({ code: 0, stdout: `logged in to ${registry.url}/ as ada\n` });

    const file = join(scratch.home, ".npmrc");
    const token = /_authToken=(.+)/.exec(await readFile(file, "utf8"))?.[1] ?? "";
    expect(token).not.toBe("");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(login.stdout + login.stderr).not.toContain(token);
    expect(await runCli(["whoami"], options)).toMatchObject({ code: 0, stdout: "ada\n" });

    expect((await runCli(["logout"], options)).code).toBe(0);
    expect(await readFile(file, "utf8").catch(() => "")).not.toContain(token);
    expect((await runCli(["whoami"], options)).code).toBe(1);
    await writeFile(file, `//${new URL(registry.url).host}/:_authToken=${token}\n`);
    expect((await runCli(["whoami"], options)).code).toBe(1);
    expect((await runCli(["logout"], options)).code).toBe(0);
    expect((await runCli(["logout"], options)).stderr).toContain("there is no token");
  });

  test("takes the password from SKILLS_PASSWORD and keeps the rest of .npmrc", async () => {
    await using registry = await startRegistry();
    await using scratch = await makeScratch();
    await scratch.write("home", { ".npmrc": "fund=false\n//old.test/:_authToken=kept\n" });
    const env = { SKILLS_PASSWORD: PASSWORD };
    const args = ["login", "--username", "ada", "--scope", "@ada", "--registry", registry.url];
    const result = await runCli(args, { cwd: scratch.project, home: scratch.home, env });
    expect(result.code).toBe(0);
    const text = await readFile(join(scratch.home, ".npmrc"), "utf8");
    expect(text).toContain("fund=false");
    expect(text).toContain("//old.test/:_authToken=kept");
    expect(text).toContain(`@ada:registry=${registry.url}/`);
    expect(
      (await runCli(["whoami", "--scope", "ada"], { cwd: scratch.project, home: scratch.home })).stdout,
    ).toBe("ada\n");
  });

  test("with a wrong password is refused and nothing is stored", async () => {
    await using registry = await startRegistry();
    await using scratch = await makeScratch();
    await registry.account("ada");
    const env = { SKILLS_PASSWORD: "not the password", SKILLS_REGISTRY: registry.url };
    const result = await runCli(["login", "-u", "ada"], { cwd: scratch.project, home: scratch.home, env });
    expect(result.code).toBe(1);
    expect(result.stderr).not.toContain("not the password");
    await expect(stat(join(scratch.home, ".npmrc"))).rejects.toThrow("ENOENT");
  });

  test("is not shown together with credentials that .npmrc has in the address", async () => {
    await using scratch = await makeScratch();
    await scratch.write("home", { ".npmrc": "registry=http://ada:hunter2@127.0.0.1:1/\n" });
    const options = { cwd: scratch.project, home: scratch.home, env: { SKILLS_PASSWORD: PASSWORD } };
    for (const args of [["login", "-u", "ada"], ["logout"], ["whoami", "--json"], ["add", "@acme/x"]]) {
      const result = await runCli(args, options);
      expect(result.code).toBe(2);
      expect(result.stderr).toContain("takes no credentials");
      expect(result.stdout + result.stderr).not.toContain("hunter2");
    }
  });

  test("leaves a login that waits for a password on stdin by Ctrl-C", async () => {
    await using scratch = await makeScratch();
    const interrupt = new AbortController();
    const { world } = testWorld({ cwd: scratch.project, home: scratch.home, signal: interrupt.signal });
    const stdin = new PassThrough();
    const login = run(["login", "-u", "ada", "--password-stdin"], {
      ...world,
      streams: { ...world.streams, stdin },
    });
    setTimeout(() => interrupt.abort(), 100);
    expect(await login).toBe(130);
  });

  test("can log in again over a dead token", async () => {
    await using registry = await startRegistry();
    await using scratch = await makeScratch();
    await scratch.write("home", { ".npmrc": `//${new URL(registry.url).host}/:_authToken=dead\n` });
    const env = { SKILLS_PASSWORD: PASSWORD, SKILLS_REGISTRY: registry.url };
    const options = { cwd: scratch.project, home: scratch.home, env };
    expect((await runCli(["login", "-u", "ada"], options)).code).toBe(0);
    expect((await runCli(["whoami", "--json"], options)).stdout).toContain('"username": "ada"');
  });
});

describe("every command", () => {
  test("prints exactly one JSON document with --json, also when it fails", async () => {
    await using team = await startTeam();
    await team.write("project/x", { "SKILL.md": skillText("x") });
    const lines = [
      ["init", "fresh"],
      ["validate", "x"],
      ["publish", "x", "--scope", "acme"],
      ["add", "@acme/x"],
      ["list"],
      ["search", "x"],
      ["info", "@acme/x"],
      ["view", "@acme/x"],
      ["view", "@acme/x", "SKILL.md"],
      ["open", "@acme/x"],
      ["like", "@acme/x"],
      ["remove", "@acme/x"],
      ["whoami"],
      ["validate", "nowhere"],
      ["add", "@acme/nothing"],
      ["info", "not a spec"],
      ["login", "-u", "acme"],
      ["logout"],
      ["whoami"],
    ];
    for (const args of lines) {
      const { stdout } = await team.skills([...args, "--json"]);
      expect(JSON.parse(stdout), args.join(" ")).toBeTypeOf("object");
    }
  });
});
