import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SkillsError } from "@skills-registry/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeScratch } from "../../../test/support/cli.ts";
import { formatLock, parseLock, readLock, updateLock, type LockedPackage } from "./lockfile.ts";

function entry(version: string): LockedPackage {
  return {
    version,
    integrity: "sha512-AAAA",
    resolved: `@acme/x/-/x-${version}.tgz`,
    mode: "link",
    agents: ["claude-code", "codex"],
    skills: { x: { files: { "SKILL.md": "sha256-AAAA" } } },
  };
}

describe("skills.lock", () => {
  test("is sorted, indented by two and ends with a line break", () => {
    const text = formatLock({ "@b/b": entry("1.0.0"), "@a/a": entry("1.0.0") });
    expect(text.indexOf('"@a/a"')).toBeLessThan(text.indexOf('"@b/b"'));
    expect(text).toMatch(/^\{\n {2}"lockfileVersion": 1,\n/);
    expect(text.endsWith("}\n")).toBe(true);
  });

  test("reads back what was written, whatever the order of writing", () => {
    const name = fc.stringMatching(/^@[a-z0-9]{1,8}\/[a-z0-9]{1,8}$/);
    const packages = fc.dictionary(name, fc.stringMatching(/^\d\.\d\.\d$/).map(entry));
    fc.assert(
      fc.property(packages, (lock) => {
        const reversed = Object.fromEntries(Object.entries(lock).toReversed());
        expect(parseLock(formatLock(lock))).toEqual(lock);
        expect(formatLock(reversed)).toBe(formatLock(lock));
      }),
    );
  });

  test("that is absent is empty", async () => {
    await using scratch = await makeScratch();
    expect(await readLock(join(scratch.project, "skills.lock"))).toEqual({});
  });

  test("keeps what another process added in the meantime", async () => {
    await using scratch = await makeScratch();
    const file = join(scratch.project, "skills.lock");
    await updateLock(file, "@acme/x", entry("1.0.0"));
    await writeFile(
      file,
      formatLock({ ...(await readLock(file)), "@acme/y": { ...entry("2.0.0"), skills: {} } }),
    );
    await updateLock(file, "@acme/x", entry("1.1.0"));
    expect(Object.keys(await readLock(file))).toEqual(["@acme/x", "@acme/y"]);
  });

  test("loses only the package that is removed", async () => {
    await using scratch = await makeScratch();
    const file = join(scratch.project, "skills.lock");
    await updateLock(file, "@acme/x", entry("1.0.0"));
    await updateLock(file, "@acme/y", { ...entry("1.0.0"), skills: {} });
    await updateLock(file, "@acme/x", undefined);
    expect(await readFile(file, "utf8")).not.toContain('@acme/x"');
    expect(Object.keys(await readLock(file))).toEqual(["@acme/y"]);
  });
});

describe("a skills.lock that cannot be read", () => {
  const good = formatLock({ "@acme/x": entry("1.0.0") });
  test.each([
    ["truncated", good.slice(0, 40), "is not JSON"],
    ["in conflict", `<<<<<<< ours\n${good}`, "merge conflict"],
    ["of a later format", '{"lockfileVersion": 2, "packages": {}}', "newer"],
    ["with a key of no package", good.replace('@acme/x"', '../../x"'), "packages"],
    ["with a skill that leads elsewhere", good.replace('"x":', '"../x":'), "skills"],
    ["without integrity", good.replace("sha512-AAAA", ""), "integrity"],
    ["with an unknown agent", good.replace("codex", "nobody"), "agents"],
    ["that is a list", "[]", "skills.lock"],
  ])("fails with ESKILLLOCK: %s", (_, text, message) => {
    expect(() => parseLock(text)).toThrow(
      expect.objectContaining({ code: "ESKILLLOCK", message: expect.stringContaining(message) }),
    );
    expect(() => parseLock(text)).toThrow(SkillsError);
  });
});
