import { describe, expect, it } from "vitest";
import { entriesOf, type Files } from "../../../test/support/skill.ts";
import { mergeFiles } from "./merge-files.ts";
import { mergeManifest } from "./merge-manifest.ts";

const LABELS = { ours: "@me/x", theirs: "@acme/x@2.0.0" };
const BINARY = new Uint8Array([0, 1, 2]);

function merge(base: Files, ours: Files, theirs: Files) {
  const versions = { base: entriesOf(base), ours: entriesOf(ours), theirs: entriesOf(theirs) };
  return mergeFiles(versions, LABELS).map(({ path, action, file }) => [
    path,
    action,
    file === undefined ? undefined : Buffer.from(file.data).toString(),
  ]);
}

describe("mergeFiles", () => {
  it("takes what only the origin added, changed and removed", () => {
    expect(merge({ a: "1", b: "1" }, { a: "1", b: "1", mine: "1" }, { a: "2", c: "1" })).toEqual([
      ["a", "changed", "2"],
      ["b", "removed", undefined],
      ["c", "added", "1"],
    ]);
  });

  it("leaves alone what only we changed, and what both have in the same way", () => {
    expect(merge({ a: "1", b: "1" }, { a: "2", b: "3", c: "4" }, { a: "1", b: "3", c: "4" })).toEqual([]);
    expect(merge({ a: "1" }, {}, { a: "1" })).toEqual([]);
  });

  it("merges texts that both changed, and marks what it cannot merge", () => {
    expect(merge({ a: "1\n2\n3\n" }, { a: "one\n2\n3\n" }, { a: "1\n2\nthree\n" })).toEqual([
      ["a", "merged", "one\n2\nthree\n"],
    ]);
    expect(merge({ a: "1\n" }, { a: "mine\n" }, { a: "yours\n" })).toEqual([
      ["a", "marked", "<<<<<<< @me/x\nmine\n=======\nyours\n>>>>>>> @acme/x@2.0.0\n"],
    ]);
    expect(merge({}, { a: "mine\n" }, { a: "yours\n" })).toMatchObject([["a", "marked", expect.any(String)]]);
  });

  it("keeps ours where a merge is impossible, and says so", () => {
    expect(merge({ a: BINARY }, { a: "mine" }, { a: "yours" })).toEqual([["a", "kept", undefined]]);
    expect(merge({ a: "1" }, { a: "mine" }, {})).toEqual([["a", "kept", undefined]]);
    expect(merge({ a: "1" }, {}, { a: "2" })).toEqual([["a", "kept", undefined]]);
  });
});

describe("mergeFiles, where a file stands in the way of a folder", () => {
  it("keeps ours, a link most of all, for it may lead out of the fork", () => {
    const link = { path: "hooks", type: "symlink" as const, mode: 0o644, data: new Uint8Array() };
    const theirs = entriesOf({ "hooks/pre-commit": "evil" });
    expect(mergeFiles({ base: [], ours: [link], theirs }, LABELS)).toEqual([
      { path: "hooks/pre-commit", action: "kept" },
    ]);
    expect(merge({}, { "a/b": "mine" }, { a: "yours" })).toEqual([["a", "kept", undefined]]);
  });

  it("lets a file that the origin removes make way", () => {
    expect(merge({ "a/b": "1" }, { "a/b": "1" }, { a: "2" })).toEqual([
      ["a", "added", "2"],
      ["a/b", "removed", undefined],
    ]);
  });
});

describe("mergeManifest", () => {
  const forkedFrom = { name: "@acme/x", version: "2.0.0" };

  it("follows the origin in fields that the fork has not changed, and in no others", () => {
    const text =
      '{\n    "name": "@me/x",\n    "version": "1.3.0",\n    "license": "MIT",\n    "keywords": ["mine"]\n}\n';
    const base = {
      name: "@acme/x",
      version: "1.0.0",
      license: "MIT",
      keywords: ["a"],
      homepage: "https://example.com",
    };
    const theirs = { ...base, version: "2.0.0", license: "ISC", keywords: ["b"], description: "New." };
    const merged = mergeManifest(text, { base, theirs, forkedFrom });
    expect(merged.conflicts).toEqual(["keywords"]);
    expect(merged.text).toMatch(/^\{\n {4}"name": "@me\/x",\n/);
    expect(JSON.parse(merged.text)).toEqual({
      name: "@me/x",
      version: "1.3.0",
      license: "ISC",
      keywords: ["mine"],
      description: "New.",
      skill: { forkedFrom },
    });
  });

  it("removes what the origin has removed, and keeps other settings of the publish", () => {
    const ours = {
      name: "@me/x",
      dependencies: { "@acme/y": "1" },
      skill: { allow: [], forkedFrom: { name: "@acme/x", version: "1.0.0" } },
    };
    const { text } = mergeManifest(JSON.stringify(ours), {
      base: { dependencies: { "@acme/y": "1" } },
      theirs: {},
      forkedFrom,
    });
    expect(JSON.parse(text)).toEqual({ name: "@me/x", skill: { allow: [], forkedFrom } });
  });
});
