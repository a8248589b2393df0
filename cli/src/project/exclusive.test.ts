import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pid } from "node:process";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { makeScratch, type Scratch } from "../../../test/support/cli.ts";
import { exclusively } from "./exclusive.ts";
import type { Place } from "./project.ts";

const IDLE = new AbortController().signal;
/** Higher than any process id that Linux hands out. */
const DEAD_PROCESS = 99_999_999;

function placeIn({ project }: Scratch): Place {
  return {
    root: project,
    global: false,
    env: {},
    lockFile: join(project, "skills.lock"),
    canonical: project,
    folders: {},
  };
}

describe("exclusive work", () => {
  test("is done by one at a time, and leaves nothing behind", async () => {
    await using scratch = await makeScratch();
    let inside = 0;
    const work = async (): Promise<number> => {
      inside += 1;
      await setTimeout(5);
      return inside--;
    };
    const all = Array.from({ length: 6 }, () => exclusively(placeIn(scratch), IDLE, work));
    expect(await Promise.all(all)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await readdir(scratch.project)).toEqual([]);
  });

  test("does not wait for a process that died in it", async () => {
    await using scratch = await makeScratch();
    await writeFile(join(scratch.project, `.skills-busy-${DEAD_PROCESS}-ab`), "");
    expect(await exclusively(placeIn(scratch), IDLE, () => Promise.resolve("done"))).toBe("done");
    expect(await readdir(scratch.project)).toEqual([]);
  });

  test("waits for a living process until Ctrl-C", async () => {
    await using scratch = await makeScratch();
    const rival = `.skills-busy-${pid}-ab`;
    await writeFile(join(scratch.project, rival), "");
    const work = exclusively(placeIn(scratch), AbortSignal.timeout(80), () => Promise.resolve("done"));
    await expect(work).rejects.toThrow();
    expect(await readdir(scratch.project)).toEqual([rival]);
  });
});
