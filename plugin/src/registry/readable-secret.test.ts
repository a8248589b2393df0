import { expect, it } from "vitest";
import { newReadableSecret, normalReadableSecret } from "./readable-secret.ts";

it("has as many groups as asked for, and never the same twice", () => {
  const secrets = Array.from({ length: 100 }, () => newReadableSecret(4));
  for (const secret of secrets) expect(secret).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$/);
  expect(new Set(secrets).size).toBe(100);
});

it("is known again as people type it", () => {
  expect(normalReadableSecret("K7DM 02XE")).toBe("k7dm-02xe");
  expect(normalReadableSecret(" k7dm-O2xe\n")).toBe("k7dm-02xe");
  expect(normalReadableSecret("ilil")).toBe("1111");
  expect(normalReadableSecret("")).toBe("");
});
