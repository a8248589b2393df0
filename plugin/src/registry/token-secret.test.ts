import { describe, expect, it } from "vitest";
import { findSecrets } from "../../../schema/src/secrets.ts";
import { isSecretForm, newSecret } from "./token-secret.ts";

describe("the secret of a token", () => {
  it("is recognised by its form and its checksum, by us and by scanners", () => {
    for (let count = 0; count < 200; count += 1) {
      const secret = newSecret();
      expect(secret).toMatch(/^skl_[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}$/);
      expect(isSecretForm(secret)).toBe(true);
    }
    expect(findSecrets(`token: ${newSecret()}\n`)).toMatchObject([{ prefix: "skl_" }]);
  });

  it("is none of ours with one character changed", () => {
    const secret = newSecret();
    for (let index = 4; index < secret.length; index += 1) {
      const other = secret[index] === "A" ? "B" : "A";
      expect(isSecretForm(secret.slice(0, index) + other + secret.slice(index + 1))).toBe(false);
    }
  });

  it("was good without a checksum once, and is", () => {
    expect(isSecretForm(newSecret().slice(0, 47))).toBe(true);
  });

  it.each([
    "",
    "skl_",
    "skl_nobody",
    `skl_${"a".repeat(42)}`,
    `skl_${"a".repeat(44)}`,
    `npm_${"a".repeat(43)}`,
  ])("is not %j", (text) => {
    expect(isSecretForm(text)).toBe(false);
  });
});
