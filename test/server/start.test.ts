import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonOf } from "../support/json.ts";
import { publishBody } from "../support/publish-body.ts";
import { cleanEnvironment, run } from "../support/process.ts";
import { PASSWORD } from "../support/registry.ts";
import { startServerProcess } from "../support/server-process.ts";

const MAIN = path.resolve(import.meta.dirname, "../../plugin/src/main.ts");

describe("skills-registry", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "skills-start-"));
    await writeFile(path.join(folder, "registry.sqlite"), "x".repeat(4096));
  });
  afterAll(async () => await rm(folder, { recursive: true, force: true }));

  it.each([
    ["a database that is none", ["--port", "0", "--data", "."], 1, "registry.sqlite: file is not a database"],
    ["a data folder below a file", ["--port", "0", "--data", "registry.sqlite/x"], 1, "registry.sqlite/x"],
    ["an empty port", ["--port="], 2, "--port : is not a port number"],
    ["a port in another notation", ["--port=1e3"], 2, "--port 1e3: is not a port number"],
    ["a command that is none", ["reindx"], 2, "unknown command or argument: reindx"],
    ["more than a command", ["reindex", "all"], 2, "unknown command or argument: all"],
    ["a configuration that is not there", ["--config", "nowhere.yaml"], 1, "nowhere.yaml"],
  ])("with %s ends at once, with one line that says why", async (_what, args, code, message) => {
    const env = cleanEnvironment();
    const ended = await run(process.execPath, ["--conditions=source", MAIN, ...args], { cwd: folder, env });
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toMatch(/^skills-registry: .*\n$/);
    expect(ended.stderr).toContain(message);
  });

  it("reindex builds the index of a registry that goes on, and says how far it is", async () => {
    const data = path.join(folder, "reindexed");
    const config = path.join(folder, "embedded.yaml");
    await writeFile(config, "");
    await using server = await startServerProcess(data, ["--config", config]);
    const account = fetch(`${server.url}/-/user/org.couchdb.user:acme`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "acme", password: PASSWORD }),
    });
    const { token }: { token: string } = await jsonOf(account);
    const published = await fetch(`${server.url}/@acme%2fsample`, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(publishBody()),
    });
    expect(published.status).toBe(201);
    const database = new DatabaseSync(path.join(data, "registry.sqlite"), { timeout: 5_000 });
    database.exec("delete from search_head; delete from search_text");
    database.close();
    const total = async (): Promise<number> =>
      (await jsonOf<{ total: number }>(fetch(`${server.url}/-/v1/search?text=sample`))).total;
    expect(await total()).toBe(0);
    const ended = await run(process.execPath, ["--conditions=source", MAIN, "reindex", "--data", data], {
      cwd: folder,
      env: cleanEnvironment(),
    });
    expect(ended).toMatchObject({ code: 0, stdout: "indexed 1 packages\n" });
    expect(await total()).toBe(1);
  });

  it("writes no password and no token to its log, whatever the level", async () => {
    const config = path.join(folder, "config.yaml");
    await writeFile(config, "log:\n  level: trace\n  format: json\n");
    await using server = await startServerProcess(path.join(folder, "data"), ["--config", config]);
    let log = "";
    server.child.stdout?.on("data", (chunk: Buffer) => (log += chunk.toString()));
    const send = async (method: string, address: string, options: { token?: string; body?: object }) =>
      await fetch(server.url + address, {
        method,
        headers: {
          "content-type": "application/json",
          ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      });
    const login = async (): Promise<string> => {
      const answer = send("PUT", "/-/user/org.couchdb.user:acme", {
        body: { name: "acme", password: PASSWORD },
      });
      const { token }: { token: string } = await jsonOf(answer);
      return token;
    };
    const [first, second] = [await login(), await login()];
    // As `npm token revoke` with a whole token, and as `npm logout`.
    const revoked = await send("DELETE", `/-/npm/v1/tokens/token/${first}`, { token: second });
    // Who reads the log while a login waits must not fetch its token.
    const begun = send("POST", "/-/v1/login", { body: {} });
    const { loginUrl, doneUrl }: { loginUrl: string; doneUrl: string } = await jsonOf(begun);
    const paths = [new URL(loginUrl).pathname, new URL(doneUrl).pathname];
    const statuses = await Promise.all(
      paths.map(async (address) => (await send("GET", address, { token: second })).status),
    );
    expect(statuses).toEqual([200, 202]);
    const waiting = paths.map((address) => path.basename(address));
    const left = await send("DELETE", `/-/user/token/${second}`, { token: second });
    expect([revoked.status, left.status]).toEqual([200, 200]);
    expect((await send("GET", "/-/whoami", { token: second })).status).toBe(401);
    await server.stop();
    expect(log).toContain("/-/npm/v1/tokens/token/");
    expect(log).toContain("/-/v1/done/");
    for (const secret of [first, second, PASSWORD, ...waiting]) expect(log).not.toContain(secret);
  });
});
