import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ERROR_TABLE, ISSUE_TABLE } from "../schema/src/index.ts";

const ROOT = path.resolve(import.meta.dirname, "..");

/** All sources of the three packages that are not tests. */
async function sources(): Promise<string> {
  const folders = ["schema/src", "plugin/src", "cli/src"];
  const names = await Promise.all(
    folders.map(async (folder) => {
      const files = await readdir(path.join(ROOT, folder), { recursive: true });
      return files
        .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
        .filter((file) => file !== "errors.ts" && !file.startsWith("issues-"))
        .map((file) => path.join(ROOT, folder, file));
    }),
  );
  const texts = await Promise.all(names.flat().map(async (file) => await readFile(file, "utf8")));
  return texts.join("\n");
}

describe("the tables of codes", () => {
  it("name only errors that something raises", async () => {
    const text = await sources();
    expect(Object.keys(ERROR_TABLE).filter((code) => !text.includes(`"${code}"`))).toEqual([]);
  });

  it("name only rules that something applies", async () => {
    const text = await sources();
    expect(Object.keys(ISSUE_TABLE).filter((code) => !text.includes(`"${code}"`))).toEqual([]);
  });
});
