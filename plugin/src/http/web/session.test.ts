import { describe, expect, it } from "vitest";
import { endedCookie, localPath, sessionCookie, sessionToken } from "./session.ts";

describe("the cookie of a session", () => {
  it("is Secure where the registry is reached over https", () => {
    expect(sessionCookie("skl_a", "https://skills.example")).toMatch(/; Secure$/);
    expect(endedCookie("https://skills.example")).toMatch(/; Secure$/);
    expect(sessionCookie("skl_a", "http://localhost:4873")).not.toContain("Secure");
  });

  it("lives as long as its token", () => {
    const { expiresAt } = sessionToken(new Date("2026-11-22T10:00:00.000Z"));
    expect(expiresAt).toBe("2026-11-29T10:00:00.000Z");
    expect(sessionCookie("skl_a", "http://localhost")).toContain("Max-Age=604800;");
  });
});

describe("localPath", () => {
  it.each(["/", "/search?q=a%20b&page=2#top", "/skills/acme/sample/v/1.0.0/files/a%2520b.md"])(
    "keeps %s",
    (path) => {
      expect(localPath(path)).toBe(path);
    },
  );

  it.each([
    null,
    "",
    "account",
    "//evil.example",
    "/\\evil.example",
    "/..//evil.example",
    "/./\\evil.example",
    "/a/..//evil.example",
    "/%2e%2e//evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/a\r\nset-cookie: x=y",
    `/${"x".repeat(3_000)}`,
  ])("leads to the account for %j", (path) => {
    expect(localPath(path)).toBe("/account");
  });
});
