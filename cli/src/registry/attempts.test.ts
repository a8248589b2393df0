import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { withAttempts, type Attempt, type Patience } from "./attempts.ts";

const PATIENCE: Patience = {
  attempts: 3,
  minPause: 500,
  factor: 10,
  maxPause: 3_000,
  silence: 30_000,
  uploadSilence: 300_000,
};
const TASK = { label: "@acme/x", repeatable: true, silence: PATIENCE.silence };

function answered(statusCode: number): Error {
  return Object.assign(new Error(String(statusCode)), { statusCode });
}

/** A piece of work with a clock that stands still until it is told to go on. */
function attempt(work: (attempt: Attempt) => Promise<string>, change: object = {}) {
  const notes: string[] = [];
  const interrupted = new AbortController();
  const asker = { signal: interrupted.signal, patience: PATIENCE, note: (text: string) => notes.push(text) };
  const result = withAttempts({ ...TASK, ...change }, asker, work);
  // What it comes to is looked at later than it may fail.
  result.catch(() => undefined);
  return { result, notes, interrupt: () => interrupted.abort() };
}

describe("a request", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("that works is made once, without a word", async () => {
    const { result, notes } = attempt(async () => "done");
    expect(await result).toBe("done");
    expect(notes).toEqual([]);
  });

  test("is repeated after a while, with the reason, until it works", async () => {
    const failures = [answered(503), answered(429)];
    const { result, notes } = attempt(async () => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return "done";
    });
    await vi.advanceTimersByTimeAsync(500);
    expect(notes).toEqual([
      "retrying @acme/x: the registry answered 503 (attempt 2 of 3)",
      "retrying @acme/x: the registry answered 429 (attempt 3 of 3)",
    ]);
    await vi.advanceTimersByTimeAsync(2_999);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await result).toBe("done");
  });

  test("that never works fails as it did the last time", async () => {
    const { result, notes } = attempt(() => Promise.reject(answered(503)), { label: undefined });
    await vi.advanceTimersByTimeAsync(3_500);
    await expect(result).rejects.toThrow("503");
    expect(notes).toEqual([
      "retrying: the registry answered 503 (attempt 2 of 3)",
      "retrying: the registry answered 503 (attempt 3 of 3)",
    ]);
  });

  test.each([
    ["that is refused for good", 404, {}],
    ["that must not be sent twice", 503, { repeatable: false }],
  ])("%s is made once", async (_, status, change) => {
    const { result, notes } = attempt(() => Promise.reject(answered(status)), change);
    await expect(result).rejects.toThrow(String(status));
    expect(notes).toEqual([]);
  });

  test("is given up when nothing comes for too long, however long it takes while something does", async () => {
    const ends: unknown[] = [];
    const { result, notes } = attempt(async ({ heard, signal }) => {
      signal.addEventListener("abort", () => ends.push(signal.reason));
      setTimeout(heard, 20_000);
      setTimeout(heard, 40_000);
      return await new Promise<never>(() => undefined);
    });
    await vi.advanceTimersByTimeAsync(69_999);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toHaveLength(1);
    expect(notes).toEqual(["retrying @acme/x: the registry sent nothing for 30 seconds (attempt 2 of 3)"]);
    await vi.advanceTimersByTimeAsync(200_000);
    await expect(result).rejects.toThrow("the registry sent nothing for 30 seconds");
  });

  test("ends at once by Ctrl-C, in the middle of an answer and in the pause before the next try", async () => {
    const hanging = attempt(() => new Promise(() => undefined));
    hanging.interrupt();
    await expect(hanging.result).rejects.toMatchObject({ name: "AbortError" });
    const pausing = attempt(() => Promise.reject(answered(503)));
    await vi.advanceTimersByTimeAsync(100);
    pausing.interrupt();
    await expect(pausing.result).rejects.toMatchObject({ name: "AbortError" });
    expect(vi.getTimerCount()).toBe(0);
  });
});
