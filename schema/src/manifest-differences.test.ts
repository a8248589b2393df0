import { describe, expect, it } from "vitest";
import { manifestDifferences } from "./manifest-differences.ts";
import { toPackageManifest, type PackageManifest } from "./package-json.ts";

function manifest(fields: Record<string, unknown>): PackageManifest {
  const parsed = toPackageManifest({ name: "@acme/x", version: "1.0.0", ...fields });
  if (parsed.manifest === undefined) throw new Error(JSON.stringify(parsed.issues));
  return parsed.manifest;
}

describe("manifestDifferences", () => {
  it.each([
    ["version", { version: "1.0.1" }],
    ["description", { description: "other" }],
    ["license", { license: "GPL-3.0" }],
    ["dependencies", { dependencies: { "@acme/y": "2.0.0" } }],
    ["engines", { engines: { node: "*" } }],
    ["skill", { skill: { allow: [{ path: "a", code: "content.token" }] } }],
    ["repository", { repository: "acme/other" }],
    ["homepage", { homepage: "https://example.org/other" }],
  ])("names %s when the body says other", (field, change) => {
    const packed = {
      description: "d",
      license: "MIT",
      dependencies: { "@acme/y": "1.0.0" },
      repository: "acme/x",
      homepage: "https://example.org",
    };
    expect(manifestDifferences(manifest(packed), manifest({ ...packed, ...change }))).toEqual([field]);
  });

  it("names what the body leaves out or adds", () => {
    const packed = manifest({ license: "MIT" });
    expect(manifestDifferences(packed, manifest({}))).toEqual(["license"]);
    expect(manifestDifferences(manifest({}), packed)).toEqual(["license"]);
    expect(manifestDifferences(manifest({}), manifest({ repository: "acme/x" }))).toEqual(["repository"]);
  });

  it.each([
    "github:acme/x",
    "acme/x",
    "https://github.com/acme/x",
    "git@github.com:acme/x.git",
    "git+ssh://git@github.com/acme/x.git",
  ])("takes npm's spelling of the repository %s for the same", (repository) => {
    const body = manifest({
      repository: { type: "git", url: "git+https://github.com/acme/x.git" },
      homepage: "https://github.com/acme/x#readme",
      bugs: { url: "https://github.com/acme/x/issues" },
      description: "From the README.",
      contributors: [{ name: "From AUTHORS" }],
    });
    expect(manifestDifferences(manifest({ repository }), body)).toEqual([]);
  });
});
