import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonOf } from "../support/json.ts";
import { publishDocument } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { buildSkill, packageTarball, type SkillOptions } from "../support/skill.ts";

describe("where a skill comes from", () => {
  let registry: TestRegistry;
  let acme: string;
  let mallory: string;

  beforeAll(async () => {
    registry = await startRegistry();
    acme = await registry.account("acme");
    mallory = await registry.account("mallory");
    for (const version of ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "2.0.0-beta.1"]) {
      await put(acme, { name: "@acme/open", version }, "public");
      await put(acme, { name: "@acme/closed", version }, "restricted");
    }
    await fork("@mallory/of-open", { name: "@acme/open", version: "1.0.0" });
    await fork("@mallory/of-closed", { name: "@acme/closed", version: "1.0.0" });
    await fork("@mallory/of-nothing", { name: "@acme/nothing", version: "1.0.0" });
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function put(token: string, skill: SkillOptions & { name: string }, access: string): Promise<void> {
    const { name, version = "1.0.0", manifest } = skill;
    const { tarball } = buildSkill(skill);
    await send(token, publishDocument({ name, version, license: "MIT", ...manifest }, tarball), access);
  }

  async function send(token: string, document: ReturnType<typeof publishDocument>, access: string) {
    const path = `/${document.name.replace("/", "%2f")}`;
    const body = JSON.stringify({ ...document, access });
    const answer = await registry.fetch(path, { method: "PUT", token, body });
    if (answer.status !== 201) throw new Error(await answer.text());
  }

  async function fork(name: string, forkedFrom: { name: string; version: string }): Promise<void> {
    await put(mallory, { name, manifest: { skill: { forkedFrom } } }, "public");
  }

  async function originOf(name: string, token?: string): Promise<unknown> {
    const path = `/api/skills/${name.slice(1)}`;
    const skill = await jsonOf<{ forkedFrom: unknown }>(
      registry.fetch(path, token === undefined ? {} : { token }),
    );
    const latest = await jsonOf<{ forkedFrom: unknown }>(
      registry.fetch(`${path}/latest`, token === undefined ? {} : { token }),
    );
    expect(latest.forkedFrom).toEqual(skill.forkedFrom);
    return skill.forkedFrom;
  }

  async function pageOf(name: string, token?: string): Promise<string> {
    const headers = { accept: "text/html" };
    const answer = await registry.fetch(`/skills/${name.slice(1)}`, {
      headers,
      ...(token === undefined ? {} : { token }),
    });
    return (await answer.text()).replaceAll(/\s+/g, " ");
  }

  it("counts the stable versions that a fork is behind, without those that nobody should take", async () => {
    const behind = { name: "@acme/open", version: "1.0.0", latest: "1.3.0", behind: 3 };
    expect(await originOf("@mallory/of-open")).toEqual(behind);
    expect(await pageOf("@mallory/of-open")).toContain(
      '<li><span>fork of <a href="/skills/acme/open">@acme/open</a> 1.0.0, 3 versions behind 1.3.0</span></li>',
    );
    const packument = await jsonOf<{ versions: Record<string, { deprecated?: string }> }>(
      registry.fetch("/@acme%2fopen?write=true", { token: acme }),
    );
    const newest = packument.versions["1.3.0"];
    if (newest === undefined) throw new Error("1.3.0 is gone");
    newest.deprecated = "broken";
    const answer = await registry.fetch("/@acme%2fopen", {
      method: "PUT",
      token: acme,
      body: JSON.stringify(packument),
    });
    expect(answer.status).toBe(201);
    expect(await originOf("@mallory/of-open")).toEqual({ ...behind, latest: "1.2.0", behind: 2 });
  });

  it("tells nobody of a restricted origin who may not read it, as if it were gone", async () => {
    const unknown = { version: "1.0.0", latest: null, behind: null };
    for (const token of [undefined, mallory]) {
      expect(await originOf("@mallory/of-closed", token)).toEqual({ ...unknown, name: "@acme/closed" });
      expect(await originOf("@mallory/of-nothing", token)).toEqual({ ...unknown, name: "@acme/nothing" });
      expect(await pageOf("@mallory/of-closed", token)).toContain(
        "<li><span>fork of @acme/closed 1.0.0</span></li>",
      );
      expect(await pageOf("@mallory/of-nothing", token)).toContain(
        "<li><span>fork of @acme/nothing 1.0.0</span></li>",
      );
    }
    expect(await originOf("@mallory/of-closed", acme)).toMatchObject({ latest: "1.3.0", behind: 3 });
  });

  it("is package.json's word: a frontmatter field of that name states nothing", async () => {
    const fields = [
      "forkedFrom: {name: '@acme/open', version: 1.0.0}",
      "importedFrom: {repository: 'https://example.com/x', path: ''}",
      "allow: []",
    ].join("\n");
    await put(mallory, { name: "@mallory/pretender", frontmatter: fields }, "public");
    expect(await jsonOf(registry.fetch("/api/skills/mallory/pretender"))).toMatchObject({
      forkedFrom: null,
      importedFrom: null,
      contribute: null,
    });
    const packument = await jsonOf<{ versions: Record<string, { skill: object }> }>(
      registry.fetch("/@mallory%2fpretender"),
    );
    expect(Object.keys(packument.versions["1.0.0"]?.skill ?? {})).toEqual(["name", "description", "license"]);
  });

  it("is said of a pack as of a single skill, and leads to the folder at the commit", async () => {
    const importedFrom = {
      repository: "https://github.com/acme/skills.git",
      commit: "0a1b2c3d4e5f6a",
      path: "pack",
    };
    const manifest = { name: "@mallory/pack", version: "1.0.0", license: "MIT", skill: { importedFrom } };
    const tarball = packageTarball({
      "package.json": JSON.stringify(manifest),
      "skills/letters/SKILL.md": "---\nname: letters\ndescription: Writes letters.\n---\nText.\n",
    });
    await send(mallory, publishDocument(manifest, tarball), "public");
    const link = "https://github.com/acme/skills/tree/0a1b2c3d4e5f6a/pack";
    expect(await jsonOf(registry.fetch("/api/skills/mallory/pack"))).toMatchObject({
      importedFrom: { ...importedFrom, link },
      contribute: "https://github.com/acme/skills/tree/HEAD/pack",
    });
    const page = await pageOf("@mallory/pack");
    expect(page).toContain(
      `<a href="${link}" rel="nofollow noopener noreferrer">github.com/acme/skills.git</a>`,
    );
    expect(page).toContain("Stated by the publisher. The registry has not proved it.");
  });

  it("is refused with credentials in it, which are not repeated", async () => {
    const skill = { importedFrom: { repository: "https://me:hunter2@example.com/x", path: "" } };
    const failure = put(mallory, { name: "@mallory/leaky", manifest: { skill } }, "public");
    await expect(failure).rejects.toThrow(/package\.field[^]*has credentials in it/);
    await expect(failure).rejects.not.toThrow(/hunter2/);
  });
});
