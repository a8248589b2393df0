import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { jsonOf } from "../support/json.ts";

describe("search", () => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await startRegistry();
    const token = await registry.account("acme");
    for (const name of ["@acme/alpha", "@acme/beta"]) {
      await registry.fetch(`/${name.replace("/", "%2f")}`, {
        method: "PUT",
        token,
        body: JSON.stringify(publishBody({ name })),
      });
    }
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  it.each(["text=a&text=b", "size=-1", "size=x", "from=1e9", "size=5&size=6", `text=${"a".repeat(600)}`])(
    "answers ?%s with 400",
    async (query) => {
      const answer = await registry.fetch(`/-/v1/search?${query}`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: "EBADREQUEST" });
    },
  );

  it.each([
    '"',
    "'",
    "*",
    "^",
    "a OR",
    "NEAR(a b)",
    "name:alpha",
    "-",
    "(",
    "%00",
    "💥",
    "a".repeat(500),
    "%",
    "a AND NOT b",
    "@",
  ])("takes any text: %s", async (text) => {
    const answer = await registry.fetch(`/-/v1/search?text=${encodeURIComponent(text)}`);
    expect(answer.status).toBe(200);
  });

  it.each(["updated:soon", "-updated:2026", "alpha updated:>2026-13"])(
    "answers the time in %s with 400, and names it",
    async (text) => {
      const answer = await registry.fetch(`/-/v1/search?text=${encodeURIComponent(text)}`);
      expect(answer.status).toBe(400);
      const { error }: { error: string } = await jsonOf(answer);
      expect(error).toContain("updated:");
    },
  );

  it.each([
    ["alpha", ["@acme/alpha"]],
    ["@acme/beta", ["@acme/beta"]],
    ["scope:acme alp", ["@acme/alpha"]],
    ["maintainer:acme -beta", ["@acme/alpha"]],
    ["alhpa", ["@acme/alpha"]],
    ['"a sample skill" license:mit -alpha', ["@acme/beta"]],
    ["scope:globex alpha", []],
    ["is:deprecated", []],
    ["updated:<2020", []],
  ])("%s finds %j", async (text, expected) => {
    const { objects }: { objects: { package: { name: string } }[] } = await jsonOf(
      registry.fetch(`/-/v1/search?text=${encodeURIComponent(text)}`),
    );
    expect(objects.map((found) => found.package.name)).toEqual(expected);
  });

  it("says the true total and pages without repeating", async () => {
    const page = async (from: number): Promise<{ total: number; objects: { package: { name: string } }[] }> =>
      await jsonOf(registry.fetch(`/-/v1/search?text=sample&size=1&from=${from}`));
    const [first, second, third] = [await page(0), await page(1), await page(2)];
    expect([first.total, second.total, third.total]).toEqual([2, 2, 2]);
    expect([first, second].map((found) => found.objects[0]?.package.name ?? "").toSorted()).toEqual([
      "@acme/alpha",
      "@acme/beta",
    ]);
    expect(third.objects).toEqual([]);
  });
});
