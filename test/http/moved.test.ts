import path from "node:path";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { moveAnswer } from "../../schema/src/index.ts";
import { makeScratch, runCli, type Scratch } from "../support/cli.ts";
import { jsonOf } from "../support/json.ts";
import { type NamespaceRegistry, startNamespaces } from "../support/namespaces.ts";
import { type NpmUser, npmUser } from "../support/npm.ts";

describe("skills that have another name than before", () => {
  let registry: NamespaceRegistry;
  let acme: NpmUser;
  let scratch: Scratch;
  let token: string;
  let stranger: string;

  beforeAll(async () => {
    registry = await startNamespaces();
    acme = await npmUser(registry, "acme");
    scratch = await makeScratch();
    token = await registry.account("acme");
    stranger = await registry.account("zoe");
  });
  afterAll(async () => {
    await acme[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  /** An org with one skill of one version, renamed after `before` ran. */
  async function renamed(
    [from, to]: [string, string],
    before = async (): Promise<void> => undefined,
  ): Promise<void> {
    expect((await registry.create(token, from)).status).toBe(201);
    expect(await registry.publish(token, `@${from}/sample`)).toBe(201);
    await before();
    expect((await registry.ask(token, ["POST", `/${from}/rename`, { to }])).status).toBe(200);
  }

  async function get(address: string, init: RequestInit & { token?: string } = {}): Promise<Response> {
    return await registry.fetch(address, { redirect: "manual", ...init });
  }

  it("send readers on from every address of the old name to the same one of the new", async () => {
    await renamed(["elder", "younger"]);
    for (const [asked, location] of [
      ["/@elder%2fsample", "/@younger%2fsample"],
      ["/@elder%2Fsample", "/@younger%2fsample"],
      ["/%40elder%2fsample", "/@younger%2fsample"],
      ["/@elder/sample", "/@younger/sample"],
      ["/@elder/sample/1.0.0", "/@younger/sample/1.0.0"],
      ["/@elder/sample/-/sample-1.0.0.tgz", "/@younger/sample/-/sample-1.0.0.tgz"],
      ["/-/package/@elder%2fsample/dist-tags", "/-/package/@younger%2fsample/dist-tags"],
      ["/downloads/point/last-week/@elder/sample", "/downloads/point/last-week/@younger/sample"],
      ["/api/skills/elder/sample", "/api/skills/younger/sample"],
      ["/api/skills/@elder/sample/1.0.0", "/api/skills/@younger/sample/1.0.0"],
      [
        "/api/skills/elder/sample/downloads?range=last-week",
        "/api/skills/younger/sample/downloads?range=last-week",
      ],
      ["/skills/elder/sample", "/skills/younger/sample"],
      ["/skills/elder/sample/v/1.0.0", "/skills/younger/sample/v/1.0.0"],
    ] as const) {
      for (const method of ["GET", "HEAD"]) {
        const answer = await get(asked, { method });
        expect([answer.status, answer.headers.get("location")], asked).toEqual([
          308,
          registry.url + location,
        ]);
        expect(answer.headers.get("cache-control"), asked).toContain("no-cache");
      }
      expect((await registry.fetch(asked)).ok, asked).toBe(true);
    }
  });

  it("are shown and found under the new name", async () => {
    await renamed(["before", "afterwards"]);
    const packument = await jsonOf<Record<string, unknown>>(registry.fetch("/@before%2fsample"));
    expect(packument).toMatchObject({
      _id: "@afterwards/sample",
      name: "@afterwards/sample",
      versions: {
        "1.0.0": {
          _id: "@afterwards/sample@1.0.0",
          name: "@afterwards/sample",
          dist: { tarball: `${registry.url}/@afterwards/sample/-/sample-1.0.0.tgz` },
          skillReport: { publishedAs: "@before/sample" },
        },
      },
    });
    expect(await jsonOf(registry.fetch("/api/skills?q=namespace:afterwards"))).toMatchObject({ total: 1 });
    expect(await jsonOf(registry.fetch("/api/skills?q=namespace:before"))).toMatchObject({ total: 0 });
  });

  it("are viewed and installed by npm under the old name, from a lockfile, too", async () => {
    const folder = await acme.folder("project", { "package.json": "{}" });
    await renamed(["paper", "cardboard"], async () => {
      expect(await acme.npm(["install", "@paper/sample"], { cwd: folder })).toMatchObject({ code: 0 });
    });
    expect((await acme.npm(["view", "@paper/sample", "name"])).stdout.trim()).toBe("@cardboard/sample");
    const lock = await readFile(path.join(folder, "package-lock.json"), "utf8");
    expect(lock).toContain("/@paper/sample/-/sample-1.0.0.tgz");
    await acme.npm(["cache", "clean", "--force"]);
    expect(await acme.npm(["ci"], { cwd: folder })).toMatchObject({ code: 0 });
    const skill = path.join(folder, "node_modules/@paper/sample/SKILL.md");
    expect(await readFile(skill, "utf8")).toContain("name: sample");
    const fresh = await acme.folder("fresh", { "package.json": "{}" });
    expect(await acme.npm(["install", "@paper/sample"], { cwd: fresh })).toMatchObject({ code: 0 });
    expect(await readFile(path.join(fresh, "node_modules/@paper/sample/SKILL.md"), "utf8")).toContain(
      "name: sample",
    );
  });

  it("are added by skills, which checks their signatures, under either name; what is installed keeps the one it has", async () => {
    const { project, home } = scratch;
    await scratch.write("home", { ".npmrc": `fetch-retries=0\nregistry=${registry.url}/\n` });
    const skills = async (...args: string[]): ReturnType<typeof runCli> =>
      await runCli(args, { cwd: project, home });
    await renamed(["river", "stream"], async () => {
      expect(await skills("add", "@river/sample")).toMatchObject({ code: 0 });
    });
    const again = await skills("add", "@river/sample");
    expect(again).toMatchObject({ code: 0, stdout: "unchanged @river/sample@1.0.0, already installed\n" });
    expect(again.stderr).toBe("note: @river/sample is called @stream/sample now\n");
    expect(await skills("remove", "@river/sample")).toMatchObject({ code: 0 });
    const fresh = await skills("add", "@river/sample");
    expect(fresh).toMatchObject({ code: 0, stdout: expect.stringContaining("added @stream/sample@1.0.0") });
    expect((await skills("view", "@stream/sample", "SKILL.md")).stdout).toContain("name: sample");
    expect((await skills("info", "@river/sample")).stdout).toContain("@stream/sample");
  });

  it("are published and deprecated under the new name alone", async () => {
    await renamed(["north", "south"]);
    const refused = await acme.npm(["publish"], { cwd: await acme.skill("@north/sample", "2.0.0") });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("the namespace @north is called @south now");
    expect((await get("/@north%2fsample", { method: "PUT", token, body: "{}" })).status).toBe(409);
    expect(await registry.publish(token, "@south/sample", "2.0.0")).toBe(201);
    expect(await acme.npm(["deprecate", "@south/sample@1.0.0", "use 2.0.0"])).toMatchObject({ code: 0 });
    const viewed = await acme.npm(["view", "@north/sample@1.0.0", "deprecated"]);
    expect(viewed.stdout.trim()).toBe("use 2.0.0");
    expect(await acme.npm(["unpublish", "@south/sample@1.0.0"])).toMatchObject({ code: 0 });
  });

  it("move alone to another namespace of their owner, and back", async () => {
    expect((await registry.create(token, "annex")).status).toBe(201);
    expect(await registry.publish(token, "@acme/wanderer")).toBe(201);
    const moved = await registry.ask(token, ["POST", "/acme/move", { skill: "wanderer", to: "@annex" }]);
    expect(moveAnswer.parse(moved.body)).toEqual({ name: "@annex/wanderer" });
    expect((await get("/@acme%2fwanderer")).headers.get("location")).toBe(
      `${registry.url}/@annex%2fwanderer`,
    );
    const refused = await acme.npm(["publish"], { cwd: await acme.skill("@acme/wanderer", "2.0.0") });
    expect(refused.stderr).toContain("@acme/wanderer is called @annex/wanderer now");
    const back = await registry.ask(token, ["POST", "/annex/move", { skill: "wanderer", to: "acme" }]);
    expect(back.status).toBe(200);
    expect((await get("/@annex%2fwanderer")).headers.get("location")).toBe(
      `${registry.url}/@acme%2fwanderer`,
    );
    expect(await registry.publish(token, "@acme/wanderer", "2.0.0")).toBe(201);
  });

  it("move only between namespaces that the caller owns, to a name that is free", async () => {
    for (const name of ["crate", "barrel"]) expect((await registry.create(token, name)).status).toBe(201);
    for (const name of ["@crate/sample", "@barrel/sample", "@crate/other", "@crate/stays"])
      expect(await registry.publish(token, name)).toBe(201);
    await registry.ask(token, ["PUT", "/crate/members/zoe", { role: "maintainer" }]);
    expect(
      (await registry.ask(stranger, ["POST", "/crate/move", { skill: "stays", to: "zoe" }])).status,
    ).toBe(403);
    for (const [body, status, code] of [
      [{ skill: "stays", to: "zoe" }, 403, "ESKILLSCOPE"],
      [{ skill: "stays", to: "nowhere" }, 403, "ESKILLSCOPE"],
      [{ skill: "sample", to: "barrel" }, 409, "ENAMETAKEN"],
      [{ skill: "nothing", to: "barrel" }, 404, "ENOTFOUND"],
      [{ skill: "../x", to: "barrel" }, 400, "EBADBODY"],
    ] as const) {
      const refused = await registry.ask(token, ["POST", "/crate/move", body]);
      expect(refused, JSON.stringify(body)).toMatchObject({ status, body: { code } });
    }
    expect((await get("/@crate%2fstays")).status).toBe(200);
    // A name that readers are sent on from belongs to the skill that had it.
    await registry.ask(token, ["POST", "/crate/move", { skill: "other", to: "barrel" }]);
    expect(await registry.publish(token, "@acme/other")).toBe(201);
    const onto = await registry.ask(token, ["POST", "/acme/move", { skill: "other", to: "crate" }]);
    expect(onto).toMatchObject({ status: 409, body: { code: "ENAMETAKEN" } });
    expect(onto.body.detail).toBe("@crate/other was the name of @barrel/other");
    // Where it went since is for those who may read it.
    const other = await registry.metadata.package("@barrel/other");
    await registry.metadata.transaction(
      async (tx) => await tx.setPackageVisibility(other?.id ?? 0, "restricted"),
    );
    const again = await registry.ask(token, ["POST", "/acme/move", { skill: "other", to: "crate" }]);
    expect(again.body.detail).toBe("@crate/other was the name of another skill");
  });

  it("are missing under both names for who may not read them", async () => {
    await renamed(["hidden", "veiled"], async () => {
      const found = await registry.metadata.package("@hidden/sample");
      await registry.metadata.transaction(
        async (tx) => await tx.setPackageVisibility(found?.id ?? 0, "restricted"),
      );
    });
    const missing = await get("/@hidden%2fnothing", { token: stranger });
    for (const name of ["hidden", "veiled"]) {
      const answer = await get(`/@${name}%2fsample`, { token: stranger });
      expect(answer.status).toBe(404);
      expect((await answer.text()).replaceAll(/urn:uuid:[\w-]+/g, "")).toBe(
        (await missing.clone().text())
          .replaceAll(/urn:uuid:[\w-]+/g, "")
          .replaceAll("@hidden/nothing", `@${name}/sample`),
      );
    }
    expect((await get("/@hidden%2fsample", { token })).status).toBe(308);
  });
});
