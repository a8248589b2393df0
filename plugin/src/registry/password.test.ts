import { SkillsError } from "@skills-registry/schema";
import { describe, expect, it } from "vitest";
import { passwords } from "./password.ts";
import { requireGoodPassword } from "./password-rules.ts";

const RIGHT = "correct horse battery";

describe("passwords", () => {
  const { hash, verify } = passwords();

  it("are verified by a salted hash, in whatever form the keyboard sends them", async () => {
    const password = "caf\u00e9 au lait";
    const [first, second] = await Promise.all([hash(password), hash(password)]);
    expect(first).toMatch(/^scrypt\$32768\$8\$1\$/);
    expect(first).not.toBe(second);
    expect(await verify("cafe\u0301 au lait", first)).toBe(true);
    expect(await verify("cafe au lait", first)).toBe(false);
  });

  it("are never right for an account without one", async () => {
    for (const password of ["", "A", "\0".repeat(32), RIGHT])
      expect(await verify(password, null)).toBe(false);
  });

  it("are refused beyond a number that can be worked on in some seconds, and taken again after that", async () => {
    const { verify: busy } = passwords();
    const hashed = await hash(RIGHT);
    const all = await Promise.allSettled(Array.from({ length: 140 }, async () => await busy(RIGHT, hashed)));
    const refused = all.filter((outcome) => outcome.status === "rejected");
    expect(refused).toHaveLength(10);
    for (const { reason } of refused) {
      expect(reason).toBeInstanceOf(SkillsError);
      expect(reason).toMatchObject({ code: "ETOOMANY", retryAfter: 10 });
    }
    expect(await busy(RIGHT, hashed)).toBe(true);
  });
});

describe("a new password", () => {
  it.each(["", "short", "1234567", "x".repeat(257)])("has 8 to 256 characters: %j", (password) => {
    expect(() => requireGoodPassword(password, "alice")).toThrow(
      "the password must have 8 to 256 characters",
    );
  });

  it.each(["alice-example", "Alice-Example", "password123", "PASSWORD", "ｐａｓｓｗｏｒｄ"])(
    "is not one that everybody would guess: %s",
    (password) => {
      expect(() => requireGoodPassword(password, "alice-example")).toThrow("everybody would guess");
    },
  );

  it.each(["x".repeat(256), RIGHT, "密码密码密码密码", "alice-example!"])("is fine: %j", (password) => {
    expect(() => requireGoodPassword(password, "alice-example")).not.toThrow();
  });
});
