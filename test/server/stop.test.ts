import { mkdtemp, rm } from "node:fs/promises";
import { Agent, get } from "node:http";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { PASSWORD } from "../support/registry.ts";
import { startServerProcess } from "../support/server-process.ts";

/** More than the server hashes passwords at once: at any moment a request is under way on most connections. */
const CLIENTS = 8;
/** Far below the 10 s that requests under way are given, far above what one takes. */
const PROMPT_MS = 5_000;

it("a server that is told to stop does so promptly, though its clients never pause", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "skills-stop-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  await using server = await startServerProcess(folder);
  const statuses: number[] = [];
  const logIn = async (): Promise<void> => {
    const answer = await fetch(`${server.url}/-/user/org.couchdb.user:acme`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "acme", password: PASSWORD }),
    });
    await answer.text();
    statuses.push(answer.status);
  };
  const ask = async (): Promise<void> => {
    for (;;) await logIn();
  };
  await logIn();
  const clients = Array.from({ length: CLIENTS }, async () => await ask().catch(() => undefined));
  await expect.poll(() => statuses.length, { timeout: 20_000 }).toBeGreaterThan(CLIENTS);
  const begun = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - begun).toBeLessThan(PROMPT_MS);
  await Promise.all(clients);
  expect(new Set(statuses)).toEqual(new Set([201]));
});

it("a server that stops resets no connection that it has kept for the next request", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "skills-stop-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  await using server = await startServerProcess(folder);
  const ends: string[] = [];
  const ask = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let asked = 0;
    for (let end = ""; end === ""; asked += 1) {
      end = await ping(server.url, agent);
      if (end !== "") ends.push(end);
      // Between two requests of a client its connection rests.
      await wait(asked % 20);
    }
    agent.destroy();
  };
  const clients = Array.from({ length: CLIENTS * 4 }, ask);
  await wait(500);
  expect(await server.stop()).toBe(0);
  await Promise.all(clients);
  // A new connection finds the port closed, or is reset before it was taken: its request was never begun.
  expect(ends.filter((end) => end.startsWith("kept"))).toEqual([]);
  expect(ends).toHaveLength(clients.length);
});

/** Empty for an answer; otherwise how the request failed, and on which connection. */
async function ping(url: string, agent: Agent): Promise<string> {
  return await new Promise((resolve) => {
    const sent = get(`${url}/-/ping`, { agent }, (answer) => {
      answer.resume().once("end", () => resolve(""));
    });
    sent.once("error", (error) => resolve(`${sent.reusedSocket ? "kept" : "new"}: ${error.message}`));
  });
}
