import { expect, test } from "vitest";
import type { PlaceState } from "../install/state.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import { EMPTY_PROJECT } from "../project/project-file.ts";
import { whyInstalled, whyLines } from "./why.ts";

/** A place where skills.json wants the first package, and each builds on what is listed. */
function place(packages: Record<string, string[]>): PlaceState {
  const [first = ""] = Object.keys(packages);
  const lock = Object.entries(packages).map(([name, needed]): [string, LockedPackage] => {
    const dependencies = Object.fromEntries(needed.map((on) => [on, "^1.0.0"]));
    const entry = { version: "1.0.0", resolved: "", integrity: "", dependencies, skills: {} };
    return [name, { ...entry, mode: "link", agents: [], placed: [] }];
  });
  return {
    project: { ...EMPTY_PROJECT, skills: { [first]: { range: "*" } } },
    source: { file: "skills.json", text: "", inPackageJson: false },
    lock: Object.fromEntries(lock),
    placed: {},
    lockText: "",
  };
}

test("skills that build on each other bring in what they build on, by ways that end", () => {
  const state = place({ "@a/a": ["@a/b"], "@a/b": ["@a/a", "@a/c"], "@a/c": ["@a/b"] });
  expect(whyInstalled("@a/c", state).paths.map((path) => path.map(({ name }) => name))).toEqual([
    ["@a/a", "@a/b", "@a/c"],
  ]);
  expect(whyInstalled("@a/a", state).paths).toHaveLength(1);
});

test("of more ways than anybody reads some are told, and that there are more", () => {
  // Each of twenty layers has two packages that build on both of the next: a million ways.
  const layers = Array.from({ length: 20 }, (_, layer): [string, string[]][] =>
    ["x", "y"].map((name) => [`@a/${name}${layer}`, [`@a/x${layer + 1}`, `@a/y${layer + 1}`]]),
  );
  const state = place({ "@a/top": ["@a/x0", "@a/y0"], ...Object.fromEntries(layers.flat()), "@a/x20": [] });
  const start = performance.now();
  const deep = whyInstalled("@a/x20", state);
  expect(performance.now() - start).toBeLessThan(2_000);
  expect(deep).toMatchObject({ complete: false, paths: [{ length: 22 }] });
  const near = whyInstalled("@a/x8", state);
  expect(near).toMatchObject({ complete: false, paths: { length: 100 } });
  expect(whyLines(near).at(-1)).toBe("and in more ways");
});
