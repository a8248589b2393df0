import { describe, expect, it } from "vitest";
import { isLookAlike, skeletonLengths } from "./look-alike.ts";
import { isReserved } from "./reserved.ts";
import { skeleton } from "./skeleton.ts";

/** Name that somebody wants, name that is there. */
type Pair = [wanted: string, existing: string];

/** The same at a glance, however small the other is. */
const SAME_AT_A_GLANCE: Pair[] = [
  ["acme-corp", "acmecorp"],
  ["acmecorp", "acme-corp"],
  ["a-c-m-e", "acme"],
  ["acme-", "acme"],
  ["acme--corp", "acme-corp"],
  ["acrne", "acme"],
  ["acme", "acrne"],
  ["vvidgets", "widgets"],
  ["widget5", "widgets"],
  ["g00gle", "google"],
  ["0kta", "okta"],
  ["1dentity", "identity"],
  ["ldentity", "identity"],
  ["mailchirnp", "mailchimp"],
  ["8ank", "bank"],
  ["2ebra", "zebra"],
  ["clata", "data"],
  ["f1lms", "films"],
  ["fi1ms", "films"],
  ["legal-d0cs", "legal-docs"],
];

/** One slip of the finger away: taken from those whom many look for. */
const ONE_EDIT: Pair[] = [
  ["acme1", "acme"],
  ["acm", "acme"],
  ["cme", "acme"],
  ["aacme", "acme"],
  ["acmee", "acme"],
  ["acne", "acme"],
  ["bcme", "acme"],
  ["acmf", "acme"],
  ["came", "acme"],
  ["amce", "acme"],
  ["acem", "acme"],
  ["anthropci", "anthropic"],
  ["antropic", "anthropic"],
  ["legal-docx", "legal-docs"],
  ["legaldocx", "legal-docs"],
  ["legl-docs", "legal-docs"],
  ["conner", "corner"],
  ["corxner", "corner"],
];

const FINE: Pair[] = [
  ["acmeco", "acme"],
  ["ac", "acme"],
  ["emca", "acme"],
  ["cmea", "acme"],
  ["acmx1", "acme"],
  ["bdme", "acme"],
  ["zoe", "acme"],
  ["acme-legal", "acme"],
  ["legal", "legal-docs"],
  ["docs-legal", "legal-docs"],
  ["weather", "wealthier"],
  ["a", "acme"],
  ["studio-two", "studio-one"],
];

function there(name: string, packages: number): Parameters<typeof isLookAlike>[1] {
  return { name, skeleton: skeleton(name), packages };
}

describe("look-alikes of namespaces", () => {
  it.each(SAME_AT_A_GLANCE)("%s is taken for %s, even an empty one", (wanted, existing) => {
    expect(isLookAlike(wanted, there(existing, 0))).toBe(true);
  });

  it.each(ONE_EDIT)("%s is one edit from %s, which counts from ten skills on", (wanted, existing) => {
    expect(isLookAlike(wanted, there(existing, 10))).toBe(true);
    expect(isLookAlike(wanted, there(existing, 9))).toBe(false);
  });

  it.each(FINE)("%s is not taken for %s, however large", (wanted, existing) => {
    expect(isLookAlike(wanted, there(existing, 10_000))).toBe(false);
  });

  it.each([...SAME_AT_A_GLANCE, ...ONE_EDIT])(
    "the search for what %s is like reaches %s",
    (wanted, existing) => {
      const { min, max } = skeletonLengths(wanted);
      expect(skeleton(existing).length).toBeGreaterThanOrEqual(min);
      expect(skeleton(existing).length).toBeLessThanOrEqual(max);
    },
  );
});

describe("reserved names", () => {
  it.each([
    "npm",
    "nprn",
    "admin",
    "adm1n",
    "ad-min",
    "r00t",
    "0penai",
    "open-ai",
    "git-hub",
    "ski11s",
    "claudecode",
  ])("%s is reserved", (name) => expect(isReserved(name, [])).toBe(true));

  it.each(["acme", "npm-fans", "rooted", "githubber", "nodes"])("%s is not", (name) =>
    expect(isReserved(name, [])).toBe(false),
  );

  it("knows the names of the configuration and of the operators, and what looks like them", () => {
    expect(isReserved("exarnple", ["example"])).toBe(true);
    expect(isReserved("example", [])).toBe(false);
  });
});
