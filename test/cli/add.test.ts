import { createServer, type IncomingHttpHeaders } from "node:http";
import { appendFile, mkdir, readFile, readdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { startProxy } from "../support/proxy.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

async function lockText({ project }: Team): Promise<string> {
  return readFile(join(project, "skills.lock"), "utf8");
}

function publish(team: Team, version: string, body = "Do the thing.\n"): Promise<string> {
  return publishSkill(team, { name: "x", version, files: { "SKILL.md": skillText("x", body) } });
}

describe("skills add", () => {
  test("installs into an empty project without a flag or a question", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    const result = await team.skills(["add", "@acme/x"]);
    expect(result).toMatchObject({
      code: 0,
      stdout: "added @acme/x@1.0.0 → .agents/skills/x (claude-code, codex)\n",
      stderr: "",
    });
    expect(await readFile(join(team.project, ".agents/skills/x/SKILL.md"), "utf8")).toBe(skillText("x"));
    expect(await readlink(join(team.project, ".claude/skills/x"))).toBe("../../.agents/skills/x");
    expect((await readdir(join(team.project, ".agents/skills"))).toSorted()).toEqual(["x"]);
  });

  test("updates, and says it when there is nothing to do", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await team.skills(["add", "@acme/x@1"]);
    await publish(team, "1.1.0", "Better.\n");
    expect((await team.skills(["add", "@acme/x"])).stdout).toBe(
      "updated @acme/x 1.0.0 → 1.1.0 → .agents/skills/x (claude-code, codex)\n",
    );
    expect((await team.skills(["add", "@acme/x@^1.0.0"])).stdout).toBe(
      "unchanged @acme/x@1.1.0, already installed\n",
    );
    expect((await team.skills(["add", "@acme/x@1.0.0"])).stdout).toContain("updated @acme/x 1.1.0 → 1.0.0");
  });

  test("takes the agents from their traces, and from the lock the next time", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await publishSkill(team, { name: "y", version: "1.0.0", files: { "SKILL.md": skillText("y") } });
    await mkdir(join(team.project, ".cursor"));
    expect((await team.skills(["add", "@acme/x"])).stdout).toContain("(cursor)");
    await rm(join(team.project, ".cursor"), { recursive: true });
    expect((await team.skills(["add", "@acme/y"])).stdout).toContain("(cursor)");
    expect((await team.skills(["add", "@acme/y", "--agent", "claude-code"])).stdout).toContain(
      "(claude-code, cursor)",
    );
  });

  test("copies with --copy, and remembers it", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await team.skills(["add", "@acme/x", "--copy"]);
    await publish(team, "1.1.0", "Better.\n");
    await team.skills(["add", "@acme/x"]);
    await expect(readlink(join(team.project, ".claude/skills/x"))).rejects.toThrow("EINVAL");
    expect(await readFile(join(team.project, ".claude/skills/x/SKILL.md"), "utf8")).toContain("Better.");
  });

  test("installs into the home with --global", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    const result = await team.skills(["add", "@acme/x", "--global", "--agent", "claude-code"]);
    expect(result.stdout).toBe("added @acme/x@1.0.0 → ~/.agents/skills/x (claude-code)\n");
    expect(await readFile(join(team.home, ".claude/skills/x/SKILL.md"), "utf8")).toBe(skillText("x"));
    expect(await readdir(team.project)).toEqual([]);
    expect((await team.skills(["list", "--global"])).stdout).toContain("@acme/x@1.0.0");
  });

  test("takes the home for the home by whatever name HOME calls it", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    const link = join(dirname(team.home), "link-to-home");
    await symlink(team.home, link);
    for (const home of [link, `${team.home}/`]) {
      const at = { cwd: team.home, home };
      expect((await team.skills(["add", "@acme/x"], at)).stdout).toContain("~/.agents/skills/x");
      expect((await team.skills(["remove", "x"], at)).code).toBe(0);
    }
  });

  test("run several times at once loses no entry of the lock", async () => {
    await using team = await startTeam();
    const names = ["a", "b", "c", "d", "e"];
    for (const name of names)
      await publishSkill(team, { name, version: "1.0.0", files: { "SKILL.md": skillText(name) } });
    const results = await Promise.all([...names, "a"].map((name) => team.skills(["add", `@acme/${name}`])));
    expect(results.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(Array(6).fill("0"));
    expect(await team.json(["list"])).toMatchObject({
      skills: names.map((skill) => ({ skill, state: "ok" })),
    });
    expect((await readdir(team.project)).toSorted()).toEqual([".agents", ".claude", "skills.lock"]);
  });

  test("needs no place to write in the home", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await team.write("home", { ".npm": "a file, so that npm's cache could not be there" });
    expect(await team.skills(["add", "@acme/x"])).toMatchObject({ code: 0, stderr: "" });
  });

  test("refuses over local edits and overwrites them with --force", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await team.skills(["add", "@acme/x"]);
    const file = join(team.project, ".agents/skills/x/SKILL.md");
    await writeFile(file, "mine");
    await publish(team, "1.1.0", "Better.\n");
    expect((await team.skills(["add", "@acme/x"])).stderr).toContain("error ESKILLDIRTY");
    expect(await readFile(file, "utf8")).toBe("mine");
    expect((await team.skills(["add", "@acme/x", "--force"])).code).toBe(0);
    expect(await readFile(file, "utf8")).toContain("Better.");
  });

  test("of several goes on after a failure", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    const result = await team.skills(["add", "@acme/nothing", "@acme/x"]);
    expect(result.code).toBe(1);
    expect(result.stdout).toBe("added @acme/x@1.0.0 → .agents/skills/x (claude-code, codex)\n");
    expect(result.stderr).toContain("error EPARTIAL: 1 of 2 failed: @acme/nothing");
  });

  test("writes no credential and no host into the lock", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await team.skills(["add", "@acme/x"]);
    const text = await lockText(team);
    expect(text).toContain('"resolved": "@acme/x/-/x-1.0.0.tgz"');
    expect(text).not.toContain(team.token);
    expect(text).not.toContain(new URL(team.registry.url).host);
  });

  test.each([
    [["@acme/nothing"], "error ENOTFOUND"],
    [["@acme/x@^9"], "error ETARGET"],
    [["@acme/x@nosuchtag"], "error ETARGET"],
    [["legal-documents"], "error EBADNAME"],
    [["@acme/Bad_Name"], "error"],
  ])("of %j fails without leaving anything", async (args, message) => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    const result = await team.skills(["add", ...args]);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain(message);
    expect(await readdir(team.project)).toEqual([]);
  });
});

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
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await using proxy = await startProxy(team.registry, { json });
    const result = await team.skills(["add", "@acme/x", "--registry", proxy.url]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`error ${code}`);
    expect(await readdir(team.project)).toEqual([]);
  });

  test.each([
    ["other bytes", (bytes: Buffer) => Buffer.concat([bytes, Buffer.from("x")]), "EINTEGRITY"],
    ["half the bytes", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), "EINTEGRITY"],
    ["more bytes than any skill has", () => Buffer.alloc(11 * 1024 * 1024), "ESKILLTOOLARGE"],
  ])("is refused when it sends %s", async (_, tarball, code) => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await using proxy = await startProxy(team.registry, { tarball });
    const result = await team.skills(["add", "@acme/x", "--registry", proxy.url]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`error ${code}`);
    expect(await readdir(team.project)).toEqual([]);
  });

  test("does not get the credentials of another one", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
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
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await using proxy = await startProxy(team.registry, {
      json: (text) => text.replace(/"dist":/g, String.raw`"deprecated":"old\nhint: do harm","dist":`),
    });
    const result = await team.skills(["add", "@acme/x", "--registry", proxy.url]);
    expect(result.stderr).toContain(String.raw`is deprecated: old\u000ahint: do harm`);
  });

  test("is used with a warning when it has no keys at all", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await using proxy = await startProxy(team.registry, {
      json: (text) => (text.includes('"keys"') ? '{"keys":[]}' : text),
    });
    const result = await team.skills(["add", "@acme/x", "--registry", proxy.url]);
    expect(result.code).toBe(0);
    expect(result.stderr).toContain("does not sign");
  });

  test("is refused when it means other bytes than the lock by the same version", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await team.skills(["add", "@acme/x"]);
    const text = (await lockText(team)).replace(
      /"integrity": "sha512-[^"]*"/,
      `"integrity": "sha512-${"A".repeat(86)}=="`,
    );
    await writeFile(join(team.project, "skills.lock"), text);
    const result = await team.skills(["add", "@acme/x"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("error EINTEGRITY");
  });
});

describe("list and remove", () => {
  test("show the state of each skill and take it away again", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await publishSkill(team, { name: "y", version: "1.0.0", files: { "SKILL.md": skillText("y") } });
    expect((await team.skills(["list"])).stdout).toContain("no skills installed");
    await team.skills(["add", "@acme/x", "@acme/y"]);
    await writeFile(join(team.project, ".agents/skills/x/SKILL.md"), "mine");
    await rm(join(team.project, ".claude/skills/y"));
    expect(await team.json(["list"])).toMatchObject({
      skills: [
        {
          skill: "x",
          package: "@acme/x",
          version: "1.0.0",
          state: "modified",
          agents: ["claude-code", "codex"],
        },
        { skill: "y", state: "missing", path: ".agents/skills/y" },
      ],
    });

    expect((await team.skills(["remove", "x"])).stderr).toContain("error ESKILLDIRTY");
    expect((await team.skills(["remove", "x", "--force"])).stdout).toBe("removed @acme/x@1.0.0\n");
    expect((await team.skills(["remove", "@acme/y"])).stdout).toBe("removed @acme/y@1.0.0\n");
    expect(await readdir(team.project)).toEqual(["skills.lock"]);
    expect((await team.skills(["remove", "y"])).stderr).toContain("error ENOTINSTALLED");
  });

  test("leave alone what was not installed by skills", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await team.write("project/.claude/skills/own", { "SKILL.md": "mine" });
    await team.skills(["add", "@acme/x"]);
    await team.skills(["remove", "x"]);
    expect(await readdir(join(team.project, ".claude/skills"))).toEqual(["own"]);
  });
});
