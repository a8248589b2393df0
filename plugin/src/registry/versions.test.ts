import { describe, expect, it } from "vitest";
import type { VersionSummary } from "../store/metadata.ts";
import { automaticLatest, latestAfterPublish, parseTag } from "./versions.ts";

const live = (version: string): VersionSummary => ({
  version,
  publishedAt: "",
  publisher: "acme",
  integrity: "",
  shasum: "",
  size: 0,
  unpackedSize: 0,
  fileCount: 0,
  hasScripts: false,
  signature: { keyid: "", sig: "" },
  manifest: {},
  warnings: [],
  deprecated: null,
  unpublishedAt: null,
  quarantine: null,
  provenance: null,
  publishedAs: null,
});
const tag = (name: string, version: string, manual = false) => ({ tag: name, version, manual });

describe("latest after a publish", () => {
  it.each([
    ["is the first version, whatever its tag", [], "1.0.0-beta.1", "beta", "1.0.0-beta.1"],
    ["moves up", [tag("latest", "1.0.0")], "1.1.0", "latest", "1.1.0"],
    ["stays when a lower version is published later", [tag("latest", "2.0.0")], "1.9.0", "latest", undefined],
    ["stays below a prerelease", [tag("latest", "1.0.0")], "2.0.0-rc.1", "latest", undefined],
    [
      "leaves a prerelease for the first stable version",
      [tag("latest", "2.0.0-rc.1")],
      "1.0.0",
      "latest",
      "1.0.0",
    ],
    ["stays when the version has a tag of its own", [tag("latest", "1.0.0")], "2.0.0", "next", undefined],
    ["stays when a person set it", [tag("latest", "1.0.0", true)], "2.0.0", "latest", undefined],
  ])("%s", (_what, tags, version, published, expected) => {
    expect(latestAfterPublish(tags, version, published)?.version).toBe(expected);
  });
});

describe("the automatic latest", () => {
  it("is the highest stable version that has no tag of its own", () => {
    const versions = ["1.0.0", "1.2.0", "2.0.0-rc.1", "3.0.0"].map(live);
    expect(automaticLatest(versions, [tag("next", "3.0.0")])).toBe("1.2.0");
  });

  it("is a tagged version when there is no other, and nothing when there is none", () => {
    expect(automaticLatest([live("1.0.0")], [tag("next", "1.0.0")])).toBe("1.0.0");
    expect(automaticLatest([{ ...live("1.0.0"), unpublishedAt: "2026-01-01" }], [])).toBeUndefined();
  });
});

describe("parseTag", () => {
  it.each(["latest", "beta", "v-next", "release_2"])("takes %s", (text) => expect(parseTag(text)).toBe(text));
  it.each(["", "1.0.0", "v1", "^1", "x", "*", "a b", "a/b", "../x", "-a", "a".repeat(101)])(
    "refuses %j",
    (text) => {
      expect(() => parseTag(text)).toThrow();
    },
  );
});
