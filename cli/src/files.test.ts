import { mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mapFew, readTextFile } from "./files.ts";

test("many files are opened a few at a time, and come back in their order", async () => {
  let [open, most] = [0, 0];
  const items = Array.from({ length: 300 }, (_, index) => index);
  const results = await mapFew(items, async (item) => {
    most = Math.max(most, ++open);
    await setImmediate();
    open -= 1;
    return item;
  });
  expect(results).toEqual(items);
  // The smallest limit of open files that systems have by default is 256.
  expect(most).toBeLessThan(200);
});

describe("the text of a small file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "skills-files-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("is read, and is undefined where there is none", async () => {
    await writeFile(join(folder, "there"), "text");
    expect(await readTextFile(join(folder, "there"))).toBe("text");
    expect(await readTextFile(join(folder, "gone"))).toBeUndefined();
  });

  test("is not read out of a device, or where it is far too large", async () => {
    await symlink("/dev/null", join(folder, "device"));
    await writeFile(join(folder, "large"), "");
    await truncate(join(folder, "large"), 1024 ** 3);
    await expect(readTextFile(join(folder, "device"))).rejects.toMatchObject({ code: "EFTYPE" });
    await expect(readTextFile(join(folder, "large"))).rejects.toMatchObject({ code: "EFBIG" });
  });
});
