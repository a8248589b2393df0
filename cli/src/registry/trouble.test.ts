import { SkillsError } from "@skills-registry/schema";
import { describe, expect, test } from "vitest";
import { SilenceError, explained, isPassing, reasonOf } from "./trouble.ts";

function errorLike(fields: object): Error {
  return Object.assign(new Error("as the library says it: https://host.test/x?token=geheim"), fields);
}

/** As npm's fetch raises it. */
function fetchError(code: string): Error {
  return errorLike({ name: "FetchError", type: "system", code });
}

describe("trouble with the network", () => {
  test.each([
    ["ECONNREFUSED", "the connection was refused", true],
    ["ECONNRESET", "the connection was lost", true],
    ["EAI_AGAIN", "its name could not be looked up", true],
    ["ENOTFOUND", "there is no host of this name", false],
    ["SELF_SIGNED_CERT_IN_CHAIN", "authority that is not known here", false],
    ["CERT_HAS_EXPIRED", "has expired", false],
    ["ESOMETHING", "the connection failed (ESOMETHING)", false],
  ])("by %s says so, names the host, and nothing else of the address", (code, text, passing) => {
    const error = explained(fetchError(code), "host.test");
    expect(error).toMatchObject({
      code: "EREGISTRY",
      message: expect.stringMatching(/^asking host\.test failed: /),
      hint: expect.stringMatching(/\.$/),
    });
    expect(error).toMatchObject({ message: expect.stringContaining(text) });
    expect(String(error)).not.toContain("geheim");
    expect(isPassing(fetchError(code))).toBe(passing);
  });

  test("while a body comes in is explained, too", () => {
    expect(explained(errorLike({ code: "ECONNRESET" }), "host.test")).toMatchObject({ code: "EREGISTRY" });
  });

  test("by silence tells for how long there was none", () => {
    expect(reasonOf(new SilenceError(30_000))).toBe("the registry sent nothing for 30 seconds");
    expect(explained(new SilenceError(1_000), "host.test")).toMatchObject({
      message: "asking host.test failed: the registry sent nothing for 1 second",
      hint: expect.stringContaining("fetch-timeout"),
    });
    expect(isPassing(new SilenceError(1))).toBe(true);
  });
});

test.each([
  [500, true],
  [503, true],
  [429, true],
  [408, true],
  [400, false],
  [401, false],
  [404, false],
])("an answer with %i stays what it is", (statusCode, passing) => {
  const error = errorLike({ code: `E${statusCode}`, statusCode });
  expect(explained(error, "host.test")).toBe(error);
  expect(reasonOf(error)).toBe(`the registry answered ${statusCode}`);
  expect(isPassing(error)).toBe(passing);
});

test("errors of the command itself, and of the disk, are no trouble with the network", () => {
  for (const error of [new SkillsError("ESKILLTOOLARGE", "large"), errorLike({ code: "ENOSPC" })]) {
    expect(explained(error, "host.test")).toBe(error);
    expect(isPassing(error)).toBe(false);
  }
});

test("a redirect to something else than http is the registry's fault", () => {
  expect(explained(new TypeError("Only HTTP(S) protocols are supported"), "example.com")).toMatchObject({
    code: "EREGISTRY",
    message: "example.com sends requests on to what is neither http nor https",
  });
});
