import { expect, test } from "vitest";
import { higherVersion, highestVersion, nextVersion } from "./next-version.ts";
import type { Packument } from "../registry/registry.ts";

function packument(versions: string[], unpublished: string[] = []): Packument {
  const dist = { tarball: "https://host.test/x.tgz", signatures: [] };
  return {
    name: "@acme/x",
    "dist-tags": {},
    versions: Object.fromEntries(
      versions.map((version) => [version, { name: "@acme/x", version, dependencies: {}, dist }]),
    ),
    time: Object.fromEntries([...versions, ...unpublished].map((version) => [version, "2026-01-01"])),
    maintainers: [],
  };
}

test("measures a change against the highest stable version, not the newest", () => {
  expect(highestVersion(packument(["1.0.0", "1.10.0", "1.9.0", "2.0.0-beta.1"]))).toBe("1.10.0");
});

test("falls back to a prerelease while there is nothing stable", () => {
  expect(highestVersion(packument(["1.0.0-a", "1.0.0-b"]))).toBe("1.0.0-b");
});

test("has nothing to measure against for a new skill", () => {
  expect(highestVersion(undefined)).toBeUndefined();
});

test.each([
  ["patch", "1.2.4"],
  ["minor", "1.3.0"],
  ["major", "2.0.0"],
] as const)("a %s goes one above", (bump, next) => {
  expect(nextVersion(packument(["1.2.3"]), "1.2.3", bump)).toBe(next);
});

test("steps over numbers that were unpublished", () => {
  expect(nextVersion(packument(["1.0.0"], ["1.0.1", "1.0.2"]), "1.0.0", "patch")).toBe("1.0.3");
});

test("takes the higher of package.json and registry", () => {
  expect(higherVersion("1.0.0", "1.5.0")).toBe("1.5.0");
  expect(higherVersion("2.0.0", "1.5.0")).toBe("2.0.0");
  expect(higherVersion("2.0.0", undefined)).toBe("2.0.0");
});
