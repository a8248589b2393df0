import { describe, expect, it } from "vitest";
import { corrected, databaseClock } from "./database-clock.ts";

const HOUR_MS = 60 * 60_000;

describe("the clock of a node", () => {
  it("is that of the database, whatever that of its machine says", async () => {
    let asked = 0;
    const now = await databaseClock(async <Row>() => {
      asked += 1;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the row of the one question there is
      return [{ ms: Date.now() - HOUR_MS }] as Row[];
    });
    const behind = Date.now() - now().getTime();
    expect(Math.abs(behind - HOUR_MS)).toBeLessThan(1_000);
    expect(asked).toBe(2);
  });

  it("goes on evenly while an answer may be right, and is set when it is surely wrong", () => {
    const known = { time: 1_000, at: 0, error: 5 };
    expect(corrected(known, { time: 61_008, at: 60_000, error: 4 })).toEqual({
      time: 61_000,
      at: 60_000,
      error: 5,
    });
    const set = { time: 61_010, at: 60_000, error: 4 };
    expect(corrected(known, set)).toEqual(set);
  });

  it("does not come to be without the database", async () => {
    const away = async () => await Promise.reject(new Error("away"));
    await expect(databaseClock(away)).rejects.toThrow("away");
  });
});
