import { createServer, type IncomingHttpHeaders } from "node:http";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { makeProject } from "../support/project.ts";
import { startProxy } from "../support/proxy.ts";
import { joinTeam, publishSkill, startTeam, type Team } from "../support/team.ts";

let shared: Team;
beforeAll(async () => {
  shared = await startTeam();
  await publishSkill(shared, { name: "x", version: "1.0.0", files: { "SKILL.md": skillText("x") } });
});
afterAll(() => shared[Symbol.asyncDispose]());

describe("a registry that cannot be trusted", () => {
  test.each([
    [
      "drops the signature",
      (text: string) => text.replace(/"signatures":\[[^\]]*\]/g, '"signatures":[]'),
      "ESIGNATURE",
    ],
    [
      "signs with another key",
      (text: string) => text.replace(/"keyid":"SHA256:[^"]*","sig"/g, '"keyid":"SHA256:other","sig"'),
      "ESIGNATURE",
    ],
    [
      "changes the integrity",
      (text: string) =>
        text.replace(/"integrity":"sha512-[^"]*"/g, `"integrity":"sha512-${"A".repeat(86)}=="`),
      "ESIGNATURE",
    ],
    ["drops the integrity", (text: string) => text.replace(/"integrity":"sha512-[^"]*",/g, ""), "EREGISTRY"],
    [
      "offers two integrities to choose from",
      (text: string) => text.replace(/"integrity":"(sha512-[^"]*)"/g, '"integrity":"$1 $1"'),
      "EREGISTRY",
    ],
    ["answers with another package", (text: string) => text.replaceAll("@acme/x", "@acme/y"), "EREGISTRY"],
    ["answers with nonsense", () => "[5]", "EREGISTRY"],
    [
      "passes an old version off as a new one, signature and all",
      (text: string) =>
        text
          .replace('"versions":{"1.0.0":', '"versions":{"9.0.0":')
          .replace('"latest":"1.0.0"', '"latest":"9.0.0"'),
      "EREGISTRY",
    ],
    [
      "has the tarball on the disk",
      (text: string) => text.replace(/"tarball":"[^"]*"/g, '"tarball":"file:///etc/passwd"'),
      "EREGISTRY",
    ],
  ])("is refused when it %s", async (_, json, code) => {
    await using proxy = await startProxy(shared.registry, { json });
    await using project = await makeProject(proxy.url);
    const result = await project.skills(["add", "@acme/x"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`error ${code}`);
    expect(await project.tree()).toEqual({});
  });

  test.each([
    ["other bytes", (bytes: Buffer) => Buffer.concat([bytes, Buffer.from("x")]), "EINTEGRITY"],
    ["half the bytes", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), "EINTEGRITY"],
    ["more bytes than any skill has", () => Buffer.alloc(11 * 1024 * 1024), "ESKILLTOOLARGE"],
  ])("is refused when it sends %s", async (_, tarball, code) => {
    await using proxy = await startProxy(shared.registry, { tarball });
    await using project = await makeProject(proxy.url);
    const result = await project.skills(["add", "@acme/x"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`error ${code}`);
    expect(await project.tree()).toEqual({});
  });

  test("does not get the credentials of another one", async () => {
    await using team = await joinTeam(shared);
    const asked = Promise.withResolvers<IncomingHttpHeaders>();
    const stranger = createServer((request, response) => {
      asked.resolve(request.headers);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const address = stranger.address();
    const port = typeof address === "object" ? address?.port : undefined;
    await using proxy = await startProxy(team.registry, {
      json: (text) => text.replace(/"tarball":"[^"]*"/g, `"tarball":"http://127.0.0.1:${port}/x.tgz"`),
    });
    await appendFile(join(team.home, ".npmrc"), `//${new URL(proxy.url).host}/:_authToken=${team.token}\n`);
    expect((await team.skills(["add", "@acme/x", "--registry", proxy.url])).code).toBe(1);
    expect((await asked.promise).authorization).toBeUndefined();
    stranger.close();
  });

  test("cannot put lines of its own between ours", async () => {
    await using team = await joinTeam(shared);
    await using proxy = await startProxy(team.registry, {
      json: (text) => text.replace(/"dist":/g, String.raw`"deprecated":"old\nhint: do harm","dist":`),
    });
    const result = await team.skills(["add", "@acme/x", "--registry", proxy.url]);
    expect(result.stderr).toContain(String.raw`is deprecated: old\u000ahint: do harm`);
  });

  test("is used with a warning when it has no keys at all", async () => {
    await using team = await joinTeam(shared);
    await using proxy = await startProxy(team.registry, {
      json: (text) => (text.includes('"keys"') ? '{"keys":[]}' : text),
    });
    const result = await team.skills(["add", "@acme/x", "--registry", proxy.url]);
    expect(result.code).toBe(0);
    expect(result.stderr).toContain("does not sign");
  });

  test("is refused when it means other bytes than the lock by the same version", async () => {
    await using team = await joinTeam(shared);
    await team.skills(["add", "@acme/x"]);
    const text = (await readFile(join(team.project, "skills.lock"), "utf8")).replace(
      /"integrity": "sha512-[^"]*"/,
      `"integrity": "sha512-${"A".repeat(86)}=="`,
    );
    await writeFile(join(team.project, "skills.lock"), text);
    const result = await team.skills(["add", "@acme/x"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("error EINTEGRITY");
  });
});
