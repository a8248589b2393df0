import fc from "fast-check";
import { expect, test } from "vitest";
import { fromPostgres, toPostgres } from "./texts.ts";

const text = fc.array(fc.constantFrom("\0", "\uffff", "0", "1", "é", "🎉")).map((parts) => parts.join(""));

test("what PostgreSQL would refuse is written as what it takes, and read back", () => {
  fc.assert(
    fc.property(text, (given) => {
      const sent = String(toPostgres(given));
      expect(sent).not.toContain("\0");
      expect(fromPostgres(sent)).toBe(given);
    }),
  );
});

test("lists are written item by item, everything else as it is", () => {
  expect(toPostgres(["a\0", null, 7])).toEqual(["a\uffff0", null, 7]);
  expect([true, null, 1.5].map(toPostgres)).toEqual([true, null, 1.5]);
});
