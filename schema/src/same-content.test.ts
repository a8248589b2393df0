import { expect, test } from "vitest";
import type { Entry } from "./entry.ts";
import { sameContent } from "./same-content.ts";

const SKILL = { path: "SKILL.md", type: "file", mode: 0o644, data: Buffer.from("text") } as const;

function packageOf(fields: object, ...files: Entry[]): Entry[] {
  const text = JSON.stringify({ name: "@acme/x", version: "1.0.0", ...fields });
  return [{ path: "package.json", type: "file", mode: 0o644, data: Buffer.from(text) }, ...files];
}

function imported(fields: object): { skill: object } {
  return { skill: { importedFrom: { repository: "https://example.com/x.git", path: "x", ...fields } } };
}

test.each([
  ["another version", {}, { version: "2.0.0" }],
  ["another commit of the upstream", imported({ commit: "a" }), imported({ commit: "b" })],
  ["a commit, where there was none", imported({}), imported({ commit: "b" })],
])("%s is the same content", (_, a, b) => {
  expect(sameContent(packageOf(a, SKILL), packageOf(b, SKILL))).toBe(true);
});

test.each([
  ["another description", {}, { description: "d" }],
  ["another folder of the upstream", imported({}), imported({ path: "y" })],
  ["a settled waiver", imported({}), { skill: { ...imported({}).skill, allow: [] } }],
])("%s is other content", (_, a, b) => {
  expect(sameContent(packageOf(a, SKILL), packageOf(b, SKILL))).toBe(false);
});

test("other bytes, another mode or another file are other content", () => {
  const before = packageOf({}, SKILL);
  expect(sameContent(before, packageOf({}, { ...SKILL, data: Buffer.from("other") }))).toBe(false);
  expect(sameContent(before, packageOf({}, { ...SKILL, mode: 0o755 }))).toBe(false);
  expect(sameContent(before, packageOf({}, SKILL, { ...SKILL, path: "more.md" }))).toBe(false);
});
