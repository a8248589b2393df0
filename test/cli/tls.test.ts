import { readdir } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeAuthority } from "../support/certificate.ts";
import { makeScratch, runCli, skillText, type CliResult, type Scratch } from "../support/cli.ts";
import { startForwarder } from "../support/forwarder.ts";
import { startFront, type Front } from "../support/front.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

let team: Team;
let front: Front;
let person: Scratch;

beforeAll(async () => {
  team = await startTeam();
  front = await startFront(team.registry);
  await publishSkill(team, { name: "x", version: "1.0.0", files: { "SKILL.md": skillText("x") } });
});
afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await team[Symbol.asyncDispose]();
});
beforeEach(async () => void (person = await makeScratch()));
afterEach(async () => await person[Symbol.asyncDispose]());

async function skills(args: string[], npmrc: string): Promise<CliResult> {
  await person.write("home", { ".npmrc": `fetch-retries=0\n${npmrc}` });
  return await runCli(args, { cwd: person.project, home: person.home });
}

describe("a registry behind TLS", () => {
  const authority = makeAuthority();
  let secure: Front;
  let cafile: string;

  beforeAll(
    async () => void (secure = await startFront(team.registry, { tls: authority.issue("a registry") })),
  );
  afterAll(async () => await secure[Symbol.asyncDispose]());
  beforeEach(async () => {
    cafile = `cafile=${await person.write("home", { "ca.pem": authority.cert })}/ca.pem\n`;
  });

  function registry(): string {
    return `registry=${secure.url}/\n`;
  }

  test("with a certificate of an unknown authority is refused, with what to do", async () => {
    const result = await skills(["add", "@acme/x"], registry());
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(
      /its certificate is of an authority that is not known here \(\w+\)\nhint: Name the file/,
    );
    expect(await readdir(person.project)).toEqual([]);
  });

  test.each(["cafile", "ca", "strict-ssl"])("is trusted by %s in .npmrc", async (setting) => {
    const inOneLine = `ca="${authority.cert.replaceAll("\n", String.raw`\n`)}"\n`;
    const lines: Record<string, string> = { cafile, ca: inOneLine, "strict-ssl": "strict-ssl=false\n" };
    expect(await skills(["add", "@acme/x"], `${registry()}${lines[setting]}`)).toMatchObject({
      code: 0,
      stderr: "",
    });
  });

  test("is shown the client's certificate of .npmrc", async () => {
    const client = authority.issue("a client");
    const tls = { ...authority.issue("a registry"), ca: authority.cert };
    await using strict = await startFront(team.registry, { tls });
    const files = await person.write("home", { "key.pem": client.key, "cert.pem": client.cert });
    const host = new URL(strict.url).host;
    const lines = `registry=${strict.url}/\n${cafile}`;
    expect((await skills(["add", "@acme/x"], lines)).code).toBe(1);
    const shown = `//${host}/:certfile=${files}/cert.pem\n//${host}/:keyfile=${files}/key.pem\n`;
    expect(await skills(["add", "@acme/x"], `${lines}${shown}`)).toMatchObject({ code: 0, stderr: "" });
  });

  test("is reached through the proxy of .npmrc, and not so when noproxy names it", async () => {
    await using proxy = await startForwarder("me:geheim");
    // By name: npm's agent checks no certificate for an address behind a proxy.
    const url = secure.url.replace("127.0.0.1", "localhost");
    const login = `https-proxy=${proxy.url.replace("//", "//me:geheim@")}\n`;
    const lines = `registry=${url}/\n${cafile}${login}`;
    expect(await skills(["whoami"], lines)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("ENEEDAUTH"),
    });
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(url).host}`]));
    proxy.asked.length = 0;
    await skills(["whoami"], `${lines}noproxy=localhost\n`);
    expect(proxy.asked).toEqual([]);
  });

  test("behind a proxy that wants a login says so, and shows none", async () => {
    await using proxy = await startForwarder("me:geheim");
    const lines = `${registry()}${cafile}https-proxy=${proxy.url.replace("//", "//me:falsch@")}\n`;
    const { code, stderr } = await skills(["add", "@acme/x"], lines);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("hint: The proxy wants a login"),
    });
    expect(stderr).not.toContain("falsch");
  });
});

test("a registry without TLS is reached through the proxy of .npmrc, too", async () => {
  await using proxy = await startForwarder();
  const result = await skills(["add", "@acme/x"], `registry=${front.url}/\nproxy=${proxy.url}\n`);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(proxy.asked).toContain(`GET ${front.url}/@acme/x/-/x-1.0.0.tgz`);
});

test.each([
  ["geheim", "https-proxy in npm's configuration is no address"],
  ["ftp://geheim@127.0.0.1", "the proxy is of a kind that npm does not know (EINVALIDPROXY)"],
])("a proxy %j that is none is refused, and not shown", async (proxy, message) => {
  const { code, stderr } = await skills(["whoami"], `registry=${front.url}/\nhttps-proxy=${proxy}\n`);
  expect(code).toBeGreaterThan(0);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("geheim");
});
