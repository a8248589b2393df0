import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultSettings } from "../../plugin/src/config-file.ts";
import { type RunningServer, startServer } from "../../plugin/src/server.ts";
import { jsonOf } from "../support/json.ts";
import { makeDatabase, postgresSettings, type TestDatabase } from "../support/postgres-databases.ts";
import { PASSWORD } from "../support/registry.ts";

describe("nodes that start on one database", () => {
  let folder: string;
  let database: TestDatabase;
  const servers: RunningServer[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "skills-start-"));
    database = await makeDatabase();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
    await database[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(secretFile = path.join(folder, "secret.key")): Promise<RunningServer> {
    const base = defaultSettings(folder);
    const metadata = postgresSettings(database.url);
    const registry = { ...base.registry, data: folder, secretFile, metadata };
    const log = { ...base.log, level: "fatal", format: "json" };
    const server = await startServer({ ...base, port: 0, log, registry });
    servers.push(server);
    return server;
  }

  async function setUp(server: RunningServer, code: string | null, name: string): Promise<number> {
    const answer = await fetch(`${server.url}/setup`, {
      method: "POST",
      body: new URLSearchParams({ code: code ?? "", name, password: PASSWORD }),
      headers: { accept: "text/html", origin: server.url },
      redirect: "manual",
    });
    await answer.text();
    return answer.status;
  }

  it("sign with one key, and take the setup code that any of them has printed, once", async () => {
    const [a, b, c] = await Promise.all([start(), start(), start()]);
    const keys = await Promise.all(
      [a, b, c].map(async ({ url }) => await jsonOf(fetch(`${url}/-/npm/v1/keys`))),
    );
    expect(keys[0]).toMatchObject({ keys: [{ keyid: expect.stringMatching(/^SHA256:/) }] });
    expect(keys).toEqual([keys[0], keys[0], keys[0]]);

    expect(new Set([a.setupCode, b.setupCode, c.setupCode, null]).size).toBe(4);
    expect(await setUp(a, "AAAA-AAAA-AAAA-AAAA", "guesser")).toBe(403);
    expect(await setUp(b, a.setupCode, "olga")).toBe(303);
    expect(await setUp(c, c.setupCode, "late")).toBe(404);
    expect((await start()).setupCode).toBeNull();
  });

  it("refuse another key than that of the others, and say what to do", async () => {
    await start();
    const other = path.join(folder, "other.key");
    await writeFile(other, "a".repeat(64), { mode: 0o600 });
    await expect(start(other)).rejects.toThrow(
      `${other}: the other nodes of this registry have another key; put a copy of theirs there`,
    );
    await start();
  });
});
