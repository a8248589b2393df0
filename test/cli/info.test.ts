import { describe, expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { startProxy } from "../support/proxy.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

async function startLibrary(): Promise<Team> {
  const team = await startTeam();
  const files = { "SKILL.md": skillText("pdf", "Read it.\n") };
  await publishSkill(team, { name: "pdf", version: "0.3.0", files });
  await publishSkill(team, { name: "pdf", version: "0.4.0", files });
  return team;
}

describe("skills info", () => {
  test("shows the card of the latest version", async () => {
    await using team = await startLibrary();
    const { code, stdout } = await team.skills(["info", "@acme/pdf"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^@acme\/pdf@0\.4\.0\nAbout pdf\n\n/);
    const today = new Date().toISOString().slice(0, 10);
    const facts = Object.fromEntries(
      stdout.split("\n").flatMap((line) => {
        const fact = /^(\w+(?: \w+)?) {2,}(.+)$/.exec(line);
        return fact === null ? [] : [[fact[1], fact[2]]];
      }),
    );
    expect(facts).toEqual({
      publisher: "acme",
      published: `today (${today})`,
      visibility: "public",
      licence: "MIT",
      tags: "latest: 0.4.0",
      versions: "0.4.0, 0.3.0",
      downloads: "0 in 30 days",
      likes: "0",
      size: expect.stringMatching(/^\d+ B packed, \d+ B unpacked, 2 files$/),
      context: expect.stringMatching(/^about \d+ tokens always, \d+ when it is used$/),
      page: `${team.registry.url}/skills/acme/pdf`,
      install: "skills add @acme/pdf",
    });
  });

  test("shows the version that a range, tag or number means, as npm understands it", async () => {
    await using team = await startLibrary();
    expect(await team.json(["info", "@acme/pdf@~0.3.0"])).toMatchObject({
      version: "0.3.0",
      license: "MIT",
      tags: { latest: "0.4.0" },
      versions: ["0.4.0", "0.3.0"],
      install: "skills add @acme/pdf@0.3.0",
      page: `${team.registry.url}/skills/acme/pdf/v/0.3.0`,
      context: { description: expect.any(Number), body: expect.any(Number) },
    });
    expect(await team.json(["info", "@acme/pdf@latest"])).toMatchObject({ version: "0.4.0" });
    expect((await team.skills(["info", "@acme/pdf@^9"])).stderr).toContain("error ETARGET");
    expect((await team.skills(["info", "@acme/pdf@9.0.0"])).stderr).toContain("error ETARGET");
    expect((await team.skills(["info", "@acme/pdf@beta"])).stderr).toContain("error ETARGET");
  });

  test("never shows a deprecated version for a range that another one fits, as skills add would not install it", async () => {
    await using team = await startLibrary();
    await publishSkill(team, {
      name: "pdf",
      version: "0.3.1",
      files: { "SKILL.md": skillText("pdf", "New.\n") },
    });
    await deprecate(team, "0.3.1");
    expect(await team.json(["info", "@acme/pdf@~0.3.0"])).toMatchObject({ version: "0.3.0" });
    const { stdout } = await team.skills(["info", "@acme/pdf@0.3.1"]);
    expect(stdout).toContain("\ndeprecated: use another\n");
  });

  test("says where a skill comes from and where changes go, and that nobody has verified it", async () => {
    await using team = await startTeam();
    const importedFrom = { repository: "https://github.com/acme/skills.git", commit: "0a1b2c3", path: "pdf" };
    const manifest = {
      name: "@acme/imported",
      version: "1.0.0",
      license: "MIT",
      repository: "github:acme/mirror",
      bugs: "https://example.com/bugs",
      skill: { importedFrom },
    };
    const files = { "SKILL.md": skillText("imported"), "package.json": JSON.stringify(manifest) };
    await publishSkill(team, { name: "imported", version: "1.0.0", files });
    const { stdout } = await team.skills(["info", "@acme/imported"]);
    const page = "https://github.com/acme/skills/tree";
    expect(stdout).toContain(`imported from ${page}/0a1b2c3/pdf (stated by the publisher, not verified)\n`);
    expect(stdout).toMatch(/^repository +https:\/\/github\.com\/acme\/mirror$/m);
    expect(stdout).toMatch(/^bugs +https:\/\/example\.com\/bugs$/m);
    expect(stdout).toMatch(/^contribute +https:\/\/github\.com\/acme\/skills\/tree\/HEAD\/pdf$/m);
    expect(stdout).not.toContain("built from");
  });

  test("lists the warnings of the validator, dependencies and dependents", async () => {
    await using team = await startLibrary();
    const files = {
      "SKILL.md": skillText("report", "See [notes](notes.md).\n"),
      "package.json": JSON.stringify({
        name: "@acme/report",
        version: "1.0.0",
        license: "MIT",
        description: "About report",
        dependencies: { "@acme/pdf": "^0.4.0" },
        repository: "github:acme/report",
      }),
    };
    await publishSkill(team, { name: "report", version: "1.0.0", files });
    const { stdout } = await team.skills(["info", "@acme/report"]);
    expect(stdout).toMatch(/^builds on +@acme\/pdf@\^0\.4\.0$/m);
    expect(stdout).toMatch(/^repository +https:\/\/github\.com\/acme\/report$/m);
    expect(stdout).toMatch(/^1 warning\n {2}SKILL\.md:\d+.*notes\.md/m);
    expect((await team.skills(["info", "@acme/pdf"])).stdout).toMatch(/^used by +@acme\/report$/m);
    expect(await team.json(["info", "@acme/report"])).toMatchObject({ warnings: [{ severity: "warning" }] });
  });

  test("reads the packument where the registry has no API", async () => {
    await using team = await startLibrary();
    await using npmOnly = await startProxy(team.registry, {
      absent: "/api/",
      json: (text) =>
        text.replace(
          '"versions":{',
          '"versions":{"../x":{"name":"@acme/pdf","version":"../x","dist":{"tarball":"http://x.test"}},',
        ),
    });
    expect(await team.json(["info", "@acme/pdf", "--registry", npmOnly.url])).toMatchObject({
      version: "0.4.0",
      publisher: "acme",
      versions: ["0.4.0", "0.3.0"],
      likes: null,
      page: null,
    });
    const missing = await team.skills(["info", "@acme/nothing", "--registry", npmOnly.url]);
    expect(missing.stderr).toContain("error ENOTFOUND");
  });

  test("takes no other skill for the one that was asked for", async () => {
    await using team = await startLibrary();
    await using proxy = await startProxy(team.registry, {
      json: (text) => text.replace('"name":"@acme/pdf"', '"name":"@acme/other"'),
    });
    const result = await team.skills(["info", "@acme/pdf", "--registry", proxy.url]);
    expect(result.stderr).toContain("error EREGISTRY: asked for @acme/pdf, got @acme/other");
  });

  test("says of a skill that is not there that it is not", async () => {
    await using team = await startTeam();
    expect((await team.skills(["info", "@acme/nothing"])).stderr).toContain("error ENOTFOUND");
  });
});

/** As `npm deprecate` does it. */
async function deprecate({ registry, token }: Team, version: string): Promise<void> {
  const address = "/@acme%2fpdf";
  const text = await (await registry.fetch(`${address}?write=true`, { token })).text();
  const packument = JSON.parse(text);
  packument.versions[version].deprecated = "use another";
  const answer = await registry.fetch(address, { method: "PUT", body: JSON.stringify(packument), token });
  if (!answer.ok) throw new Error(await answer.text());
}
