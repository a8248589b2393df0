import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSkillName, parsePackageName, slugify } from "./name.ts";

const anyText = fc.uint16Array({ maxLength: 100 }).map((units) => String.fromCharCode(...units));

describe("parsePackageName", () => {
  it("takes @namespace/skill-name apart", () => {
    expect(parsePackageName("@acme/legal-documents")).toEqual({
      full: "@acme/legal-documents",
      namespace: "acme",
      skill: "legal-documents",
    });
  });

  it.each([
    "",
    "@",
    "@/",
    "x",
    "@acme",
    "acme/x",
    "@acme/",
    "@acme/x.",
    "@acme./x",
    "@acme/X",
    "@ACME/x",
    "@acme/x y",
    "@acme/x/y",
    "@acme/../x",
    "@acme/a--b",
    "@acme/-a",
    "@acme/a-",
    "@-acme/a",
    "@acme/é",
    "@аcme/x",
    "@acme/x\n",
    "@acme%2fx",
    `@acme/${"a".repeat(65)}`,
  ])("refuses %j", (text) => {
    expect(parsePackageName(text)).toBeUndefined();
  });

  it("never takes two texts for one package", () => {
    const text = fc.stringMatching(/^@[a-zA-Z.%-]{1,4}\/[a-zA-Z0-9.-]{1,6}$/);
    fc.assert(
      fc.property(text, (candidate) => {
        const name = parsePackageName(candidate);
        expect(name === undefined || `@${name.namespace}/${name.skill}` === candidate).toBe(true);
      }),
    );
  });
});

describe("slugify", () => {
  it.each([
    ["My Skill_v2!", "my-skill-v2"],
    ["Café Łódź", "cafe-odz"],
    ["  --a--b--  ", "a-b"],
    ["日本", ""],
  ])("makes of %j %j", (text, slug) => {
    expect(slugify(text)).toBe(slug);
  });

  it("makes a skill name or nothing", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const slug = slugify(text);
        expect(slug === "" || isSkillName(slug)).toBe(true);
      }),
    );
  });
});
