import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { makeDatabase, type TestDatabase } from "../support/postgres-databases.ts";
import { cleanEnvironment, run } from "../support/process.ts";

const MAIN = path.resolve(import.meta.dirname, "../../plugin/src/main.ts");
const KEY = "ab".repeat(32);

describe("a node on PostgreSQL that finds something wrong after it has opened its stores", () => {
  let folder: string;
  let database: TestDatabase;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "skills-refused-"));
    database = await makeDatabase();
    await writeFile(path.join(folder, "secret.key"), KEY, { mode: 0o600 });
    await writeFile(path.join(folder, "open.key"), KEY, { mode: 0o644 });
    await writeFile(path.join(folder, "short.token"), "secret\n", { mode: 0o600 });
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ["a key that others may read", { secretFile: "./open.key" }, "others can read or change this key"],
    [
      "a token for metrics that is not there",
      { metrics: { token: { file: "./nowhere" } } },
      "skills.metrics.token: the secret cannot be read from",
    ],
    [
      "a token for metrics that is guessed soon",
      { metrics: { token: { file: "./short.token" } } },
      "skills.metrics.token: has to have at least 16 characters",
    ],
    [
      "a header for traces that is not there",
      { tracing: { endpoint: "http://127.0.0.1:1/v1/traces", headers: { a: { file: "./nowhere" } } } },
      "skills.tracing.headers.a: the secret cannot be read from",
    ],
  ])(
    "%s ends with one line, and does not stay as a process that serves nobody",
    async (_, wrong, message) => {
      const file = path.join(folder, "config.yaml");
      const metadata = { type: "postgres", url: database.url };
      const skills = { data: "./data", metadata, secretFile: "./secret.key", ...wrong };
      await writeFile(file, stringify({ listen: "127.0.0.1:0", skills }));
      const args = ["--conditions=source", MAIN, "--config", file];
      const ended = await run(process.execPath, args, { cwd: folder, env: cleanEnvironment() });
      expect(ended).toMatchObject({ code: 1, stdout: "" });
      expect(ended.stderr).toContain(message);
      expect(ended.stderr.trimEnd().split("\n")).toHaveLength(1);
    },
  );
});
