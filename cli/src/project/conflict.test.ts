import { describe, expect, test } from "vitest";
import { conflictSides } from "./conflict.ts";

describe("a text with git's conflict marks", () => {
  test("is taken apart into both sides, with what they share in each", () => {
    const text = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> topic\nd\n";
    expect(conflictSides(text)).toEqual({ ours: "a\nb\nd\n", theirs: "a\nc\nd\n" });
  });

  test("leaves out the common ancestor that diff3 shows", () => {
    const text = "<<<<<<< HEAD\nb\n||||||| 1234567\nold\n=======\nc\n>>>>>>> topic\n";
    expect(conflictSides(text)).toEqual({ ours: "b\n", theirs: "c\n" });
  });

  test("may have several conflicts, empty sides and Windows' line ends", () => {
    const text = "<<<<<<< a\r\n=======\r\nc\r\n>>>>>>> b\r\nx\r\n<<<<<<< a\r\nd\r\n=======\r\n>>>>>>> b\r\n";
    expect(conflictSides(text)).toEqual({ ours: "x\r\nd\r\n", theirs: "c\r\nx\r\n" });
  });

  test("is none when the marks are not at the start of a line, or too short", () => {
    expect(conflictSides('{"a": "<<<<<<< HEAD"}\n')).toBeUndefined();
    expect(conflictSides("<<<<<< HEAD\n")).toBeUndefined();
  });

  test("that was cut off in the middle still has sides", () => {
    expect(conflictSides("a\n<<<<<<< HEAD\nb\n")).toEqual({ ours: "a\nb\n", theirs: "a" });
  });
});
