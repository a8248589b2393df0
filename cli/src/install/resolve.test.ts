import { describe, expect, test } from "vitest";
import { fakeSources, integrityOf, type FakePackages } from "../../../test/support/fake-sources.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import { resolveTree, type Question, type Tree } from "./resolve.ts";

const X = "@acme/x";
const Y = "@acme/y";
const BASE = "@acme/base";

function wishing(wishes: Record<string, string>, more: Partial<Question> = {}): Question {
  const long = Object.entries(wishes).map(([name, range]) => [name, { range }]);
  return { wishes: Object.fromEntries(long), lock: {}, fresh: () => false, ...more };
}

function locked(name: string, version: string, more: Partial<LockedPackage> = {}): LockedPackage {
  const placing = { mode: "link" as const, agents: [], placed: [], skills: {} };
  const resolved = `${name}/-/${version}.tgz`;
  return {
    version,
    resolved,
    integrity: integrityOf(`${name}@${version}`),
    dependencies: {},
    ...placing,
    ...more,
  };
}

function versionsOf(tree: Tree): Record<string, string> {
  return Object.fromEntries([...tree].map(([name, { version }]) => [name, version]));
}

async function resolve(packages: FakePackages, question: Question): Promise<Record<string, string>> {
  return versionsOf(await resolveTree(question, fakeSources(packages)));
}

const needs = (name: string, range: string) => ({ dependencies: { [name]: range } });

describe("the tree of what is wanted", () => {
  test("has the highest version in the range, and what it builds on", async () => {
    const packages = {
      [X]: { "1.0.0": {}, "1.2.0": needs(BASE, "^1.0.0"), "2.0.0": {} },
      [BASE]: { "1.0.0": {}, "1.1.0": {}, "2.0.0": {} },
    };
    expect(await resolve(packages, wishing({ [X]: "^1.0.0" }))).toEqual({ [X]: "1.2.0", [BASE]: "1.1.0" });
  });

  test("has one version of a package that two build on: one that both can have", async () => {
    const packages = {
      [X]: { "1.0.0": needs(BASE, "^1.0.0") },
      [Y]: { "1.0.0": needs(BASE, "<1.2.0") },
      [BASE]: { "1.0.0": {}, "1.1.0": {}, "1.2.0": {} },
    };
    expect((await resolve(packages, wishing({ [X]: "*", [Y]: "*" })))[BASE]).toBe("1.1.0");
  });

  test("says who asks for what when no version fits all", async () => {
    const packages = {
      [X]: { "1.0.0": needs(BASE, "^1.0.0") },
      [Y]: { "2.0.0": needs(BASE, "^2.0.0") },
      [BASE]: { "1.0.0": {}, "2.0.0": {} },
    };
    await expect(resolve(packages, wishing({ [X]: "*", [Y]: "*" }))).rejects.toMatchObject({
      code: "ERESOLVE",
      message: `no version of ${BASE} fits: ${X}@1.0.0 asks for ^1.0.0, ${Y}@2.0.0 asks for ^2.0.0`,
      hint: expect.stringContaining("Loosen one of the ranges"),
    });
  });

  test("says what builds on a package that is not there", async () => {
    await expect(
      resolve({ [X]: { "1.0.0": needs(BASE, "*") } }, wishing({ [X]: "*" })),
    ).rejects.toMatchObject({
      code: "ERESOLVE",
      message: `there is no ${BASE}, but ${X}@1.0.0 asks for *`,
    });
  });

  test("leaves the registry's own words for what the person asked for", async () => {
    await expect(resolve({}, wishing({ [X]: "*" }))).rejects.toMatchObject({ code: "E404" });
    await expect(resolve({ [X]: { "1.0.0": {} } }, wishing({ [X]: "^9" }))).rejects.toMatchObject({
      code: "ETARGET",
    });
  });

  test("ends where packages build on each other in a circle, or on themselves", async () => {
    const packages = {
      [X]: { "1.0.0": needs(Y, "*") },
      [Y]: { "1.0.0": { dependencies: { [X]: "*", [Y]: "*" } } },
    };
    expect(await resolve(packages, wishing({ [X]: "*" }))).toEqual({ [X]: "1.0.0", [Y]: "1.0.0" });
  });

  test("drops what only a version that was not chosen in the end builds on", async () => {
    const packages = {
      [X]: { "1.0.0": {}, "1.1.0": needs("@acme/gone", "*") },
      [Y]: { "1.0.0": needs(X, "1.0.0") },
      "@acme/gone": { "1.0.0": {} },
    };
    expect(await resolve(packages, wishing({ [X]: "^1.0.0", [Y]: "*" }))).toEqual({
      [X]: "1.0.0",
      [Y]: "1.0.0",
    });
  });

  test("follows a dist-tag, and gives no prerelease to a plain range", async () => {
    const packages = { [X]: { "1.0.0": {}, "2.0.0-beta.1": {} } };
    const sources = fakeSources(packages, { beta: "2.0.0-beta.1" });
    expect(versionsOf(await resolveTree(wishing({ [X]: "beta" }), sources))).toEqual({ [X]: "2.0.0-beta.1" });
    expect(await resolve(packages, wishing({ [X]: ">=1.0.0" }))).toEqual({ [X]: "1.0.0" });
    expect(await resolve(packages, wishing({ [X]: "^2.0.0-beta" }))).toEqual({ [X]: "2.0.0-beta.1" });
  });
});

describe("a version in the lock", () => {
  const packages = { [X]: { "1.0.0": {}, "1.1.0": {}, "2.0.0": {} } };
  const lock = { [X]: locked(X, "1.0.0", { range: "^1.0.0" }) };

  test("stays while it fits, and nobody is asked", async () => {
    const sources = fakeSources(packages);
    expect(versionsOf(await resolveTree(wishing({ [X]: "^1.0.0" }, { lock }), sources))).toEqual({
      [X]: "1.0.0",
    });
    expect(sources.asked).toEqual([]);
  });

  test("goes when it does not fit any more, or is to be looked up anew", async () => {
    expect(await resolve(packages, wishing({ [X]: "^2.0.0" }, { lock }))).toEqual({ [X]: "2.0.0" });
    const fresh = wishing({ [X]: "^1.0.0" }, { lock, fresh: () => true });
    expect(await resolve(packages, fresh)).toEqual({ [X]: "1.1.0" });
  });

  test("is what a dist-tag meant, until it is looked up anew", async () => {
    const tagged = { [X]: locked(X, "1.0.0", { range: "latest" }) };
    expect(await resolve(packages, wishing({ [X]: "latest" }, { lock: tagged }))).toEqual({ [X]: "1.0.0" });
    expect(await resolve(packages, wishing({ [X]: "latest" }, { lock }))).toEqual({ [X]: "2.0.0" });
  });

  test("brings what it builds on with it, out of the lock", async () => {
    const both = {
      [X]: locked(X, "1.0.0", { range: "^1.0.0", dependencies: { [BASE]: "^1.0.0" } }),
      [BASE]: locked(BASE, "1.0.0"),
    };
    expect(await resolve({}, wishing({ [X]: "^1.0.0" }, { lock: both }))).toEqual({
      [X]: "1.0.0",
      [BASE]: "1.0.0",
    });
  });

  test("is taken for what it is when the registry has nothing higher", async () => {
    const sources = fakeSources({ [X]: { "1.0.0": {} } });
    const tree = await resolveTree(wishing({ [X]: "^1.0.0" }, { lock, fresh: () => true }), sources);
    expect(tree.get(X)?.from).toEqual({ locked: lock[X] });
  });
});

describe("a tree that is an attack or a mistake", () => {
  test("is given up when its versions never settle", async () => {
    // Each version of one needs a version of the other that needs another version of the first.
    const packages = {
      [X]: { "1.0.0": needs(Y, "2.0.0"), "2.0.0": needs(Y, "1.0.0") },
      [Y]: { "1.0.0": needs(X, "1.0.0"), "2.0.0": needs(X, "2.0.0") },
    };
    await expect(resolve(packages, wishing({ [X]: "*" }))).rejects.toThrow("never settles");
  });

  test("is given up when it never ends", async () => {
    const sources = fakeSources({});
    let count = 0;
    sources.find = async (name) => {
      const children = Array.from({ length: 3 }, () => [`@acme/n${count++}`, "*"] as const);
      const { integrity } = locked(name, "1.0.0");
      return {
        name,
        version: "1.0.0",
        integrity,
        resolved: "",
        signature: undefined,
        deprecated: undefined,
        dependencies: Object.fromEntries(children),
        unpack: () => Promise.reject(new Error("never")),
      };
    };
    await expect(resolveTree(wishing({ [X]: "*" }), sources)).rejects.toMatchObject({ code: "ERESOLVE" });
    expect(count).toBeLessThan(20_000);
  });

  test("may have as many packages as a project of thousands of skills", async () => {
    const names = Array.from({ length: 4_000 }, (_, index) => `@acme/s${index}`);
    const packages = Object.fromEntries(names.map((name) => [name, { "1.0.0": {} }]));
    const dependencies = Object.fromEntries(names.map((name) => [name, "*"]));
    const tree = await resolve({ ...packages, [X]: { "1.0.0": { dependencies } } }, wishing({ [X]: "*" }));
    expect(Object.keys(tree)).toHaveLength(4_001);
  });
});
