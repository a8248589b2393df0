import { chmod } from "node:fs/promises";
import { join, relative } from "node:path";
import { cwd } from "node:process";
import { describe, expect, test } from "vitest";
import { makeScratch } from "../../../test/support/cli.ts";
import { checkTools } from "./tools.ts";

const PACKAGE_FOLDER = join(import.meta.dirname, "../..");

describe("the tools around skills", () => {
  test("are found on PATH by name, and none of them is run", async () => {
    await using scratch = await makeScratch();
    const folder = await scratch.write("bin", {
      npm: "#!/bin/sh\ntouch ran\n",
      git: "#!/bin/sh\ntouch ran\n",
    });
    await chmod(join(folder, "npm"), 0o755);
    const [node, npm, git] = await checkTools({
      packageFolder: PACKAGE_FOLDER,
      env: { PATH: `/nowhere:${folder}` },
    });
    expect(node).toMatchObject({ check: "node", state: "ok" });
    expect(npm).toMatchObject({ check: "npm", state: "ok", message: join(folder, "npm") });
    // It may not be executed.
    expect(git).toMatchObject({
      check: "git",
      state: "warning",
      hint: expect.stringContaining("Install git"),
    });
  });

  test("are not looked for in relative folders of PATH, which would be those of some project", async () => {
    await using scratch = await makeScratch();
    const folder = await scratch.write("bin", { npm: "#!/bin/sh\n" });
    await chmod(join(folder, "npm"), 0o755);
    const [, npm] = await checkTools({
      env: { PATH: relative(cwd(), folder) },
      packageFolder: PACKAGE_FOLDER,
    });
    expect(npm).toMatchObject({ check: "npm", state: "warning" });
  });

  test.each([
    ["20.19.0", "problem"],
    ["23.11.0", "problem"],
    ["24.14.0", "problem"],
    ["22.22.2", "ok"],
    ["26.0.0", "ok"],
  ])("are a Node %s: %s", async (version, state) => {
    const [node] = await checkTools({ env: {}, packageFolder: PACKAGE_FOLDER }, version);
    expect(node).toMatchObject({ check: "node", state });
  });
});
