import { expect, test } from "vitest";
import { makeScratch, runCli, spawnCli } from "../support/cli.ts";
import { guardSecret } from "../support/leaks.ts";

/** Every test of the command goes through this guard: here it is seen to find something. */

const TOKEN = guardSecret("skl_a-token-that-nobody-may-see");

test("a secret in what the command writes fails the test that ran it", async () => {
  await using scratch = await makeScratch();
  const at = { cwd: scratch.project, home: scratch.home };
  const leaking = ["validate", `./${TOKEN}`];
  await expect(runCli(leaking, at)).rejects.toThrow("a secret stands in");
  await expect(spawnCli(leaking, at).result).rejects.toThrow("a secret stands in");
});

test("so does one in a file that people commit", async () => {
  await using scratch = await makeScratch();
  await scratch.write("project", { "skills.lock": `{"resolved": "https://${TOKEN}@example.com/"}` });
  const listing = runCli(["--help"], { cwd: scratch.project, home: scratch.home });
  await expect(listing).rejects.toThrow("a secret stands in a file of the project");
});

test("so does one that the command has just written into .npmrc", async () => {
  await using scratch = await makeScratch();
  await scratch.write("home", { ".npmrc": "//example.com/:_authToken=a-token-from-a-login\n" });
  const leaking = runCli(["validate", "./a-token-from-a-login"], {
    cwd: scratch.project,
    home: scratch.home,
  });
  await expect(leaking).rejects.toThrow("a secret stands in");
});
