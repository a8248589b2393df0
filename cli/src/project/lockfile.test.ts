import { join } from "node:path";
import { SkillsError } from "@skills-registry/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeScratch } from "../../../test/support/cli.ts";
import { integrityOf } from "../../../test/support/fake-sources.ts";
import {
  formatLock,
  ownerOf,
  parseLock,
  parseMergedLock,
  readLock,
  type Lock,
  type LockedPackage,
} from "./lockfile.ts";

function entry(version: string, more: Partial<LockedPackage> = {}): LockedPackage {
  return {
    version,
    range: "^1.0.0",
    integrity: integrityOf(version),
    resolved: `@acme/x/-/x-${version}.tgz`,
    signature: { keyid: "SHA256:abc", sig: "MEUC" },
    dependencies: {},
    mode: "link",
    agents: ["claude-code", "codex"],
    placed: [".claude/skills"],
    skills: { x: { files: { "SKILL.md": "sha256-AAAA" } } },
    ...more,
  };
}

describe("skills.lock", () => {
  test("is sorted, indented by two and ends with a line break", () => {
    const text = formatLock({ "@b/b": entry("1.0.0"), "@a/a": entry("1.0.0") });
    expect(text.indexOf('"@a/a"')).toBeLessThan(text.indexOf('"@b/b"'));
    expect(text).toMatch(/^\{\n {2}"lockfileVersion": 2,\n/);
    expect(text.endsWith("}\n")).toBe(true);
  });

  test("says nothing of dependencies and folders that are not", () => {
    const text = formatLock({ "@a/a": entry("1.0.0", { placed: [] }) });
    expect(text).not.toMatch(/dependencies|placed/);
  });

  test("reads back what was written, whatever the order of writing", () => {
    const name = fc.stringMatching(/^@[a-z0-9]{1,8}\/[a-z0-9]{1,8}$/);
    const packages = fc.dictionary(
      name,
      fc.stringMatching(/^\d\.\d\.\d$/).map((version) => entry(version)),
    );
    fc.assert(
      fc.property(packages, (lock) => {
        const reversed = Object.fromEntries(Object.entries(lock).toReversed());
        expect(parseLock(formatLock(lock))).toEqual(lock);
        expect(formatLock(reversed)).toBe(formatLock(lock));
      }),
    );
  });

  test("keeps renamings, a selection, dependencies and folders outside of a home", () => {
    const lock: Lock = {
      "@acme/x": entry("1.0.0", {
        only: ["a"],
        dependencies: { "@acme/y": "^1" },
        placed: [".claude/skills", "/srv/claude/skills"],
        skills: { other: { from: "a", files: {} } },
      }),
    };
    expect(parseLock(formatLock(lock))).toEqual(lock);
  });

  test("that is absent is empty", async () => {
    await using scratch = await makeScratch();
    expect(await readLock(join(scratch.project, "skills.lock"))).toEqual({});
  });

  test("knows the package of a skill by the name that it has here", () => {
    const lock = { "@acme/x": entry("1.0.0", { skills: { mine: { from: "x", files: {} } } }) };
    expect(ownerOf(lock, "mine")).toBe("@acme/x");
    expect(ownerOf(lock, "x")).toBeUndefined();
    expect(ownerOf(lock, "constructor")).toBeUndefined();
  });
});

describe("a skills.lock in conflict", () => {
  function conflict(ours: Lock, theirs: Lock): string {
    return `<<<<<<< HEAD\n${formatLock(ours)}=======\n${formatLock(theirs)}>>>>>>> topic\n`;
  }

  test("has the packages of both sides, and of those in both the higher version, whole", async () => {
    const ours = { "@acme/x": entry("1.10.0"), "@acme/y": entry("1.0.0"), "@acme/z": entry("1.0.0") };
    const theirs = { "@acme/x": entry("1.9.0"), "@acme/w": entry("1.0.0"), "@acme/z": entry("2.0.0") };
    expect(await parseMergedLock(conflict(ours, theirs))).toEqual({
      ...theirs,
      ...ours,
      "@acme/z": entry("2.0.0"),
    });
  });

  test("is refused like any other when one side is broken", async () => {
    const text = conflict({ "@acme/x": entry("1.0.0") }, { "@acme/x": entry("1.1.0") });
    await expect(parseMergedLock(text.replace('"integrity"', '"integrity'))).rejects.toMatchObject({
      code: "ESKILLLOCK",
    });
  });
});

describe("a skills.lock that cannot be read", () => {
  const good = formatLock({ "@acme/x": entry("1.0.0") });
  test.each([
    ["truncated", good.slice(0, 40), "is not JSON"],
    ["empty", "", "is not JSON"],
    ["in conflict", `<<<<<<< ours\n${good}`, "merge conflict"],
    ["of a later format", '{"lockfileVersion": 3, "packages": {}}', "newer than this skills"],
    ["of an earlier format", '{"lockfileVersion": 1, "packages": {}}', "older than this skills"],
    ["without a format", '{"packages": {}}', "lockfileVersion"],
    ["with an unknown field", good.replace('"mode"', '"modes"'), "packages > @acme/x"],
    ["with a key of no package", good.replace('@acme/x"', '../../x"'), "packages"],
    ["with a skill that leads elsewhere", good.replace('"x":', '"../x":'), "skills"],
    ["with a folder that leads elsewhere", good.replace(".claude/skills", "../.claude/skills"), "placed"],
    ["with a folder that leads elsewhere on the way", good.replace(".claude/skills", "a/../../b"), "placed"],
    ["with no version", good.replace('"version": "1.0.0"', '"version": "latest"'), "version"],
    ["without integrity", good.replace(/sha512-[^"]+/, ""), "integrity"],
    ["with two integrities", good.replace(/(sha512-[^"]+)/, "$1 $1"), "integrity"],
    ["with an agent that is no name", good.replace("codex", "../codex"), "agents"],
    ["with half a signature", good.replace('"keyid"', '"key"'), "signature"],
    ["that is a list", "[]", "skills.lock"],
    ["that is null", "null", "skills.lock"],
  ])("fails with ESKILLLOCK: %s", (_, text, message) => {
    expect(() => parseLock(text)).toThrow(
      expect.objectContaining({ code: "ESKILLLOCK", message: expect.stringContaining(message) }),
    );
    expect(() => parseLock(text)).toThrow(SkillsError);
  });
});
