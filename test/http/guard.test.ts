import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { jsonOf } from "../support/json.ts";

const MB = 1024 * 1024;

/** The shipped server in a process of its own: its memory is measured from outside. */
describe("skills-registry", () => {
  let server: ServerProcess;
  let url: string;
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), "skills-guard-"));
    server = await startServerProcess(dataDir);
    url = server.url;
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Resident memory in bytes, and its peak since the start. */
  async function memory(field: "VmRSS" | "VmHWM"): Promise<number> {
    const status = await readFile(`/proc/${server.child.pid}/status`, "utf8");
    return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  }

  async function upload(
    address: string,
    size: number,
    headers: Record<string, string | number> = {},
    method = "PUT",
  ): Promise<number> {
    return await new Promise((resolve, reject) => {
      const sent = request(
        new URL(address, url),
        {
          method,
          headers: { "content-type": "application/json", "content-length": size, ...headers },
        },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        },
      );
      sent.once("error", reject);
      sent.end(Buffer.alloc(size, 0x20));
    });
  }

  it.each([
    ["publishes", "PUT", "/@acme%2fx", "application/json"],
    ["uploads of archives", "POST", "/api/skills/acme/x", "application/zip"],
  ])("answers 40 parallel anonymous %s of 10 MB with 401 and grows by less than 50 MB", async (...each) => {
    const [, method, address, type] = each;
    await fetch(new URL("/-/ping", url));
    const before = await memory("VmRSS");
    const statuses = await Promise.all(
      Array.from({ length: 40 }, async () => {
        return await upload(address, 10 * MB, { "content-type": type }, method);
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect((await memory("VmHWM")) - before).toBeLessThan(50 * MB);
  });

  it("refuses a large login and a large body with a token nobody has", async () => {
    expect(await upload("/-/user/org.couchdb.user:acme", MB)).toBe(413);
    expect(await upload("/@acme%2fx", MB, { authorization: "Bearer skl_nobody" })).toBe(401);
    expect(await upload("/@acme%2fx", MB, { authorization: "Basic YWNtZTp4" })).toBe(401);
  });

  it("refuses a body of unknown length from an anonymous caller", async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(
        new URL("/@acme%2fx", url),
        { method: "PUT", headers: { "content-type": "application/json", "transfer-encoding": "chunked" } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        },
      );
      sent.once("error", reject);
      sent.end("{}");
    });
    expect(status).toBe(401);
  });

  it("turns a body above the limit away by its headers, whoever sends it", async () => {
    const answer = await fetch(new URL("/-/user/org.couchdb.user:acme", url), {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "acme", password: "correct horse battery" }),
    });
    const { token }: { token: string } = await jsonOf(answer);
    expect(await upload("/@acme%2fx", 20 * MB, { authorization: `Bearer ${token}` })).toBe(413);
  });
});
