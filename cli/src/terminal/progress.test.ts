import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { progressLine } from "./progress.ts";

/** A terminal whose last line can be read, with a clock that goes on when it is told to. */
function fakeTerminal(width: number | "none" = 40) {
  const columns = width === "none" ? undefined : width;
  const due: { at: number; work: () => void }[] = [];
  const state = { written: "", now: 0 };
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      state.written += chunk.toString();
      done();
    },
  });
  const clock = {
    after: (milliseconds: number, work: () => void) => {
      const entry = { at: state.now + milliseconds, work };
      due.push(entry);
      return () => void due.splice(due.indexOf(entry), 1);
    },
  };
  return {
    line: progressLine({ stream, columns: () => columns, clock }),
    pass: (milliseconds: number) => {
      state.now += milliseconds;
      for (const { work } of due.filter(({ at }) => at <= state.now)) work();
    },
    written: () => state.written,
    /** What a person sees: each line after its last rewriting. */
    seen: () => state.written.split("\n").map((text) => text.split("\r\u001b[K").at(-1)),
  };
}

describe("the line of progress", () => {
  test("of work that is done within a second is never shown", () => {
    const { line, pass, written } = fakeTerminal();
    const bar = line.start("fetching", 2);
    bar.tick("@acme/x");
    pass(999);
    bar.tick("@acme/y");
    bar.end();
    pass(1_000);
    expect(written()).toBe("");
  });

  test("tells after a second how far the work is, and is gone at its end", () => {
    const { line, pass, seen } = fakeTerminal();
    {
      using bar = line.start("fetching", 50);
      pass(1_000);
      expect(seen()).toEqual(["fetching 0 of 50"]);
      bar.tick("@acme/x");
      expect(seen()).toEqual(["fetching 1 of 50  @acme/x"]);
    }
    expect(seen()).toEqual([""]);
  });

  test("makes room for other lines, which stay above it", () => {
    const { line, pass, seen } = fakeTerminal();
    const bar = line.start("fetching", 3);
    pass(1_000);
    line.above("note: one\n");
    expect(seen()).toEqual(["note: one", "fetching 0 of 3"]);
    bar.end();
    line.above("note: two\n");
    expect(seen()).toEqual(["note: one", "note: two", ""]);
  });

  test("is away while somebody is asked something", () => {
    const { line, pass, seen } = fakeTerminal();
    const bar = line.start("fetching", 3);
    pass(1_000);
    const resume = line.pause();
    bar.tick("@acme/x");
    expect(seen()).toEqual([""]);
    resume();
    expect(seen()).toEqual(["fetching 1 of 3  @acme/x"]);
  });

  test("is that of the newest work, and of the one before when that has ended", () => {
    const { line, pass, seen } = fakeTerminal();
    const outer = line.start("updating", 9);
    const inner = line.start("fetching", 2);
    pass(1_000);
    expect(seen()).toEqual(["fetching 0 of 2"]);
    inner.end();
    inner.end();
    expect(seen()).toEqual(["updating 0 of 9"]);
    outer.end();
    expect(seen()).toEqual([""]);
  });

  test("is never longer than the terminal is wide", () => {
    const { line, pass, seen } = fakeTerminal(20);
    const bar = line.start("fetching", 50);
    pass(1_000);
    bar.tick("@acme/a-skill-with-a-long-name");
    expect(seen()).toEqual(["fetching 1 of 50  …"]);
  });

  test("shows names as text, whatever is in them", () => {
    const { line, pass, seen } = fakeTerminal();
    const bar = line.start("fetching", 1);
    pass(1_000);
    bar.tick("\u001b[2J\n");
    expect(seen()).toEqual(["fetching 1 of 1  \\u001b[2J\\u000a"]);
  });

  test("is not written where there is no terminal", () => {
    const { line, pass, written } = fakeTerminal("none");
    const bar = line.start("fetching", 1);
    pass(1_000);
    bar.tick("@acme/x");
    line.above("note: one\n");
    bar.end();
    expect(written()).toBe("note: one\n");
  });
});
