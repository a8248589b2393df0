import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../cli/src/run.ts";
import { makeScratch, runCli, type Scratch, testWorld } from "../support/cli.ts";
import { gitHubUser, type LoginRegistry, startLoginRegistry } from "../support/login-registry.ts";
import { PASSWORD } from "../support/registry.ts";

describe("skills login by browser", () => {
  let at: LoginRegistry;

  beforeAll(async () => {
    at = await startLoginRegistry({ users: [gitHubUser(1, "Octo-Cat"), gitHubUser(2, "octo_acme")] });
    await at.registry.account("acme");
  });
  afterAll(async () => await at[Symbol.asyncDispose]());

  interface Waiting {
    /** What it says to the person, as soon as it matches. */
    says(pattern: RegExp): Promise<string>;
    code: Promise<number>;
    output(): string;
  }

  /** Starts the command, which goes on while the test does what its person would do. */
  function start(scratch: Scratch, args: string[], signal = new AbortController().signal): Waiting {
    const env = { SKILLS_REGISTRY: at.registry.url };
    const { world, stdout, stderr } = testWorld({ cwd: scratch.project, home: scratch.home, env, signal });
    const code = run(args, world);
    return {
      code,
      output: () => stdout() + stderr(),
      says: async (pattern) => {
        for (;;) {
          const found = pattern.exec(stderr())?.[1];
          if (found !== undefined) return found;
          await sleep(10);
        }
      },
    };
  }

  async function decide(address: string, decision: "allow" | "deny"): Promise<void> {
    const person = at.person();
    await person.post("/login", { name: "acme", password: PASSWORD });
    expect((await person.post(new URL(address).pathname, { decision })).status).toBe(200);
  }

  const savedToken = async ({ home }: Scratch): Promise<string | undefined> =>
    /_authToken=(skl_\S+)/.exec(await readFile(join(home, ".npmrc"), "utf8").catch(() => ""))?.[1];

  test("shows the address, waits, and saves the token without showing it", async () => {
    await using scratch = await makeScratch();
    const login = start(scratch, ["login"]);
    await decide(await login.says(/Log in at: (\S+)/), "allow");
    expect(await login.code).toBe(0);
    const token = await savedToken(scratch);
    expect(token).toMatch(/^skl_/);
    expect(login.output()).not.toContain(token);
    expect(login.output()).toContain(`logged in to ${at.registry.url}/ as acme`);
    const options = { cwd: scratch.project, home: scratch.home, env: { SKILLS_REGISTRY: at.registry.url } };
    expect((await runCli(["whoami"], options)).stdout).toBe("acme\n");
    expect((await runCli(["logout"], options)).code).toBe(0);
    expect((await at.registry.fetch("/-/whoami", { token: token ?? "" })).status).toBe(401);
  });

  test("saves nothing when it is denied, and says so", async () => {
    await using scratch = await makeScratch();
    const login = start(scratch, ["login"]);
    await decide(await login.says(/Log in at: (\S+)/), "deny");
    expect(await login.code).toBe(1);
    expect(login.output()).toContain(
      "error ENEEDAUTH: the login was refused: the login was denied in the browser",
    );
    expect(await savedToken(scratch)).toBeUndefined();
  });

  test("stops waiting by Ctrl-C", async () => {
    await using scratch = await makeScratch();
    const interrupt = new AbortController();
    const login = start(scratch, ["login"], interrupt.signal);
    await login.says(/Log in at: (\S+)/);
    interrupt.abort();
    expect(await login.code).toBe(130);
  });

  test("takes a code typed at the provider, where there is no browser", async () => {
    await using scratch = await makeScratch();
    const login = start(scratch, ["login", "--device", "--provider", "github"]);
    const code = await login.says(/type this code for GitHub: (\S+)/);
    expect(login.output()).toContain(`${at.github.url}/login/device`);
    await at.github.approveDevice(code, "Octo-Cat");
    expect(await login.code).toBe(0);
    expect(login.output()).toContain("as octo-cat");
    expect(await at.metadata.identity("github", "1")).toMatchObject({ login: "Octo-Cat" });
  });

  test("is refused with the reason when the code is denied", async () => {
    await using scratch = await makeScratch();
    const login = start(scratch, ["login", "--device"]);
    await at.github.denyDevice(await login.says(/type this code for GitHub: (\S+)/));
    expect(await login.code).toBe(1);
    expect(login.output()).toMatch(/the login was refused: .*declined/);
    expect((await at.audit())[0]).toMatchObject({ action: "login.refused", subject: "github" });
  });

  test("by a code makes no account whose name has to be chosen", async () => {
    await using scratch = await makeScratch();
    const login = start(scratch, ["login", "--device"]);
    await at.github.approveDevice(await login.says(/type this code for GitHub: (\S+)/), "octo_acme");
    expect(await login.code).toBe(1);
    expect(login.output()).toContain('the name "octo_acme" cannot be that of a new account');
    expect(await at.metadata.identity("github", "2")).toBeUndefined();
  });

  test("refuses options that do not go together", async () => {
    await using scratch = await makeScratch();
    for (const args of [
      ["--device", "--username", "acme"],
      ["--auth-type", "web", "--password-stdin"],
      ["--provider", "github"],
      ["--auth-type", "basic"],
    ]) {
      expect((await runCli(["login", ...args], { cwd: scratch.project, home: scratch.home })).code).toBe(2);
    }
  });

  test("says where no code can be typed", async () => {
    await using scratch = await makeScratch();
    const login = start(scratch, ["login", "--device", "--provider", "nowhere"]);
    expect(await login.code).toBe(1);
    expect(login.output()).toContain('nobody can log in at "nowhere" from a machine without a browser');
  });
});

test("skills login asks for name and password where the registry knows no other way", async () => {
  await using scratch = await makeScratch();
  const registry = createServer((_request, response) => response.writeHead(404).end("{}"));
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  const address = registry.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const env = { SKILLS_REGISTRY: `http://127.0.0.1:${port}` };
  const result = await runCli(["login"], { cwd: scratch.project, home: scratch.home, env });
  registry.close();
  expect(result.code).toBe(2);
  expect(result.stderr).toContain("give --username");
});

test("skills login says when the registry cannot be reached", async () => {
  await using scratch = await makeScratch();
  await scratch.write("home", { ".npmrc": "fetch-retries=0\n" });
  const env = { SKILLS_REGISTRY: "http://127.0.0.1:1" };
  const result = await runCli(["login"], { cwd: scratch.project, home: scratch.home, env });
  expect(result.code).toBe(1);
  expect(result.stderr).toContain("EREGISTRY");
});
