import { SkillsError } from "@skills-registry/schema";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { localNodes } from "../store/nodes/local.ts";
import { attemptLimiters, type Attempts, mayRecordRefusal, throttle } from "./throttle.ts";

const HOUR_SECONDS = 3_600;

describe("wrong passwords", () => {
  let attempts: Attempts;
  beforeEach(() => {
    vi.useFakeTimers();
    attempts = attemptLimiters(localNodes());
  });
  afterEach(() => vi.useRealTimers());

  /** Seconds that the guesser is told to wait; 0 when the guess was looked at. */
  async function guess(account: string, address: string, right = false): Promise<number> {
    try {
      await throttle(attempts, { account, address }, async () => right);
      return 0;
    } catch (error) {
      if (error instanceof SkillsError && error.code === "ETOOMANY") return error.retryAfter ?? -1;
      throw error;
    }
  }

  const pass = (seconds: number): void => void vi.advanceTimersByTime(seconds * 1000);
  let nextAddress = 0;
  const somewhere = (): string => `10.0.0.${(nextAddress += 1)}`;

  it("make an account wait after ten, from wherever they came, each time twice as long, for 15 minutes at most", async () => {
    for (let count = 0; count < 10; count += 1) expect(await guess("alice", somewhere())).toBe(0);
    const waits: number[] = [];
    for (let count = 0; count < 12; count += 1) {
      const wait = await guess("alice", somewhere());
      waits.push(wait);
      pass(wait);
      expect(await guess("alice", somewhere())).toBe(0);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    expect(await guess("bob", somewhere())).toBe(0);
  });

  it("keep an address waiting that guesses at one account after the other, also between logins of its own", async () => {
    const own = async (): Promise<number> => await guess("guesser", "10.9.9.9", true);
    for (let count = 0; count < 30; count += 1) {
      expect(await guess(`account-${count}`, "10.9.9.9")).toBe(0);
      if (count < 29) expect(await own()).toBe(0);
    }
    expect(await guess("one-more", "10.9.9.9")).toBe(1);
    pass(1);
    expect(await own()).toBe(0);
    expect(await guess("one-more", "10.9.9.9")).toBe(0);
    expect(await guess("another", "10.9.9.9")).toBe(2);
    expect(await guess("another", "10.8.8.8")).toBe(0);
  });

  it("are forgotten with the right one", async () => {
    for (let count = 0; count < 9; count += 1) await guess("alice", somewhere());
    expect(await guess("alice", somewhere(), true)).toBe(0);
    for (let count = 0; count < 10; count += 1) expect(await guess("alice", somewhere())).toBe(0);
    expect(await guess("alice", somewhere(), true)).toBe(1);
    pass(1);
    expect(await guess("alice", somewhere(), true)).toBe(0);
    expect(await guess("alice", somewhere())).toBe(0);
  });

  it("are forgotten after hours", async () => {
    for (let count = 0; count < 10; count += 1) await guess("alice", somewhere());
    expect(await guess("alice", somewhere())).toBe(1);
    pass(6 * HOUR_SECONDS);
    for (let count = 0; count < 10; count += 1) expect(await guess("alice", somewhere())).toBe(0);
  });

  it("are counted before they are looked at: parallel ones come no further, and refused ones make nobody wait longer", async () => {
    const all = Array.from({ length: 200 }, async () => await guess("alice", somewhere()));
    const waits = await Promise.all(all);
    expect(waits.filter((wait) => wait === 0)).toHaveLength(10);
    expect(Math.max(...waits)).toBe(1);
    pass(1);
    expect(await guess("alice", somewhere())).toBe(0);
    expect(await guess("alice", somewhere())).toBe(2);
  });

  it("are not counted when the check itself fails", async () => {
    const failing = async (): Promise<boolean> => {
      throw new Error("no storage");
    };
    for (let count = 0; count < 40; count += 1) {
      const attempt = { account: "alice", address: "10.7.7.7" };
      await expect(throttle(attempts, attempt, failing)).rejects.toThrow("no storage");
    }
    expect(await guess("alice", "10.7.7.7")).toBe(0);
  });

  it("are recorded once in a minute for each kind, and sixty times in all where they cost nothing", async () => {
    expect(await mayRecordRefusal(attempts, "a")).toBe(true);
    expect(await mayRecordRefusal(attempts, "a")).toBe(false);
    const kinds = Array.from({ length: 100 }, (_, index) => `kind ${index}`);
    const recorded = await Promise.all(kinds.map(async (kind) => await mayRecordRefusal(attempts, kind)));
    expect(recorded.filter(Boolean)).toHaveLength(59);
    expect(await mayRecordRefusal(attempts, "b", { costly: true })).toBe(true);
    expect(await mayRecordRefusal(attempts, "b", { costly: true })).toBe(false);
    pass(60);
    expect(await mayRecordRefusal(attempts, "a")).toBe(true);
  });
});
