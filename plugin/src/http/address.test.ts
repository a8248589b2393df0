import { parsePackageName } from "@skills-registry/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddress } from "./address.ts";

const sample = parsePackageName("@acme/sample");

const parse = (method: string, path: string) => parseAddress(method, path, new Set(["api", "skills"]));

describe("parseAddress", () => {
  it.each([
    "/@acme%2fsample",
    "/@acme/sample",
    "/@acme%2Fsample",
    "/%40acme%2fsample",
    "/%40acme/sample",
    "/@acme/sample/",
  ])("reads %s as one package", (path) => {
    expect(parse("GET", path)).toEqual([{ package: sample }]);
  });

  it("finds the package behind /-/package", () => {
    expect(parse("GET", "/-/package/@acme%2fsample/dist-tags/latest")).toEqual([
      { text: "-" },
      { text: "package" },
      { package: sample },
      { text: "dist-tags" },
      { text: "latest" },
    ]);
  });

  it.each([
    "/@acme%252fsample",
    "/@acme%2fsample%2f1.0.0",
    "/@acme/sample%00",
    "/@acme//sample",
    "/%zz",
    "/@acme/../sample",
    "/-/a%2fb",
    "x",
    `/${"a".repeat(2000)}`,
  ])("refuses %s", (path) => {
    expect(() => parse("GET", path)).toThrow();
  });

  it("never takes two spellings of a name for the same package, apart from the encoded slash", () => {
    const character = fc.constantFrom(..."aA1-_.~ \u00e4%2f/\\@\u0000".split(""));
    fc.assert(
      fc.property(
        fc.array(character, { maxLength: 12 }),
        fc.array(character, { maxLength: 12 }),
        (scope, name) => {
          const text = `@${scope.join("")}/${name.join("")}`;
          let read: string | undefined;
          try {
            const [segment] = parse("GET", `/${encodeURIComponent(text)}`);
            read = segment !== undefined && "package" in segment ? segment.package.full : undefined;
          } catch {
            return;
          }
          expect(read).toBe(text);
        },
      ),
    );
  });
});
