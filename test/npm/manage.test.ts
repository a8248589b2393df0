import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

describe("npm, managing what is published", () => {
  let registry: TestRegistry;
  let acme: NpmUser;

  beforeAll(async () => {
    registry = await startRegistry();
    acme = await npmUser(registry, "acme");
  });
  afterAll(async () => {
    await acme[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  async function publish(name: string, ...versions: string[]): Promise<void> {
    for (const version of versions) {
      const done = await acme.npm(["publish"], { cwd: await acme.skill(name, version) });
      expect(done).toMatchObject({ code: 0 });
    }
  }

  async function view(spec: string, field: string): Promise<unknown> {
    const viewed = await acme.npm(["view", spec, field, "--json"]);
    return viewed.stdout.trim() === "" ? undefined : JSON.parse(viewed.stdout);
  }

  it("deprecates and undeprecates", async () => {
    await publish("@acme/old", "1.0.0", "1.1.0");
    expect((await acme.npm(["deprecate", "@acme/old@1.0.0", "use 1.1.0"])).code).toBe(0);
    expect(await view("@acme/old@1.0.0", "deprecated")).toBe("use 1.1.0");
    expect(await view("@acme/old@1.1.0", "deprecated")).toBeUndefined();
    expect((await acme.npm(["deprecate", "@acme/old@1.0.0", ""])).code).toBe(0);
    expect(await view("@acme/old@1.0.0", "deprecated")).toBeUndefined();
  });

  it("adds, lists and removes dist-tags", async () => {
    await publish("@acme/tagged", "1.0.0", "2.0.0");
    expect((await acme.npm(["dist-tag", "add", "@acme/tagged@1.0.0", "lts"])).code).toBe(0);
    expect((await acme.npm(["dist-tag", "ls", "@acme/tagged"])).stdout.trim().split("\n").toSorted()).toEqual(
      ["latest: 2.0.0", "lts: 1.0.0"],
    );
    expect((await acme.npm(["dist-tag", "rm", "@acme/tagged", "lts"])).code).toBe(0);
    expect((await acme.npm(["dist-tag", "ls", "@acme/tagged"])).stdout.trim()).toBe("latest: 2.0.0");
  });

  it("keeps latest where a person put it, until they take it back", async () => {
    await publish("@acme/pinned", "1.0.0", "1.1.0");
    await acme.npm(["dist-tag", "add", "@acme/pinned@1.0.0", "latest"]);
    await publish("@acme/pinned", "1.2.0");
    expect(await view("@acme/pinned", "dist-tags.latest")).toBe("1.0.0");
    await acme.npm(["dist-tag", "rm", "@acme/pinned", "latest"]);
    expect(await view("@acme/pinned", "dist-tags.latest")).toBe("1.2.0");
  });

  it("leaves latest on the highest stable version when a prerelease or a tagged version is published", async () => {
    await publish("@acme/steady", "1.0.0");
    for (const [version, tag] of [
      ["2.0.0-beta.1", "beta"],
      ["3.0.0", "next"],
    ] as const) {
      const done = await acme.npm(["publish", "--tag", tag], {
        cwd: await acme.skill("@acme/steady", version),
      });
      expect(done).toMatchObject({ code: 0 });
    }
    expect(await view("@acme/steady", "dist-tags")).toEqual({
      latest: "1.0.0",
      beta: "2.0.0-beta.1",
      next: "3.0.0",
    });
  });

  it("unpublishes one version; its number stays taken and latest falls back", async () => {
    await publish("@acme/gone", "1.0.0", "1.1.0");
    const done = await acme.npm(["unpublish", "@acme/gone@1.1.0"]);
    expect(done).toMatchObject({ code: 0 });
    expect(await view("@acme/gone", "versions")).toEqual(["1.0.0"]);
    expect(await view("@acme/gone", "dist-tags.latest")).toBe("1.0.0");
    expect((await registry.fetch("/@acme/gone/-/gone-1.1.0.tgz")).status).toBe(404);
    const other = await acme.skill("@acme/gone", "1.1.0", { "OTHER.md": "other bytes" });
    const refused = await acme.npm(["publish"], { cwd: other });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      "was published and then unpublished with other content; the next free version is 1.1.1",
    );
  });

  it("unpublishes a whole package, which can then be published with a new version", async () => {
    await publish("@acme/whole", "1.0.0", "1.1.0");
    expect((await acme.npm(["unpublish", "@acme/whole", "--force"])).code).toBe(0);
    expect((await registry.fetch("/@acme%2fwhole")).status).toBe(404);
    expect((await acme.npm(["search", "whole", "--json"])).stdout.trim()).toBe("[]");
    await publish("@acme/whole", "2.0.0");
    expect(await view("@acme/whole", "versions")).toEqual(["2.0.0"]);
  });

  it("lets nobody else deprecate, tag or unpublish", async () => {
    await publish("@acme/mine", "1.0.0", "1.1.0");
    await using mallory = await npmUser(registry, "mallory");
    for (const args of [
      ["deprecate", "@acme/mine@1.0.0", "mine now"],
      ["dist-tag", "add", "@acme/mine@1.0.0", "latest"],
      ["unpublish", "@acme/mine@1.0.0"],
      ["unpublish", "@acme/mine", "--force"],
    ]) {
      const refused = await mallory.npm(args);
      expect(refused.code, args.join(" ")).toBe(1);
      expect(refused.stderr, args.join(" ")).toContain("E403");
    }
    expect(await view("@acme/mine", "versions")).toEqual(["1.0.0", "1.1.0"]);
  });
});
