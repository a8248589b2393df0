import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { downloadsAnswer } from "../../schema/src/index.ts";
import { jsonOf } from "../support/json.ts";
import { publishBody } from "../support/publish-body.ts";
import type { TestRegistry } from "../support/registry.ts";
import { startTwoNodes, type TwoNodes } from "../support/two-nodes.ts";

const REQUESTS = 40;
/** The interval of the counter, and more than it. */
const FLUSH_MS = 60_000;

describe("two nodes together", () => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    // Only the timers of the counters: they are flushed when a test says so.
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    nodes = await startTwoNodes((settings) => ({
      ...settings,
      server: { ...settings.server, trustProxy: true },
      registry: { ...settings.registry, requestsPerMinute: REQUESTS },
    }));
  });
  afterAll(async () => {
    vi.useRealTimers();
    await nodes[Symbol.asyncDispose]();
  });

  it("give a client its requests once, a second later at most", async () => {
    const ask = async (at: TestRegistry, client: string): Promise<Response> =>
      await at.fetch("/api/skills", { headers: { "x-forwarded-for": client } });
    for (let index = 0; index < REQUESTS; index += 1) await ask(nodes.a, "10.1.0.1");
    expect((await ask(nodes.a, "10.1.0.1")).status).toBe(429);
    expect((await ask(nodes.b, "10.1.0.2")).status).toBe(200);
    // B hears of it with what it counts itself, a second after that.
    const refused = async (): Promise<void> => {
      const answer = await ask(nodes.b, "10.1.0.1");
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    };
    await vi.waitFor(refused, { timeout: 10_000, interval: 500 });
  });

  it("count a client once an hour, whichever of them sends the tarball", async () => {
    const token = await nodes.a.account("acme");
    const body = JSON.stringify(publishBody({ name: "@acme/x" }));
    expect((await nodes.a.fetch("/@acme%2fx", { method: "PUT", token, body })).status).toBe(201);
    const download = async (at: TestRegistry, client: string): Promise<void> => {
      const headers = { "x-forwarded-for": client, "user-agent": "npm/11.2.0 node/v24.1.0 linux x64" };
      await (await at.fetch("/@acme/x/-/x-1.0.0.tgz", { headers })).arrayBuffer();
    };
    const total = async (): Promise<number> => {
      vi.advanceTimersByTime(FLUSH_MS);
      const path = "/api/skills/acme/x/downloads";
      return downloadsAnswer.parse(await jsonOf(nodes.a.fetch(path, { token }))).total;
    };
    const both = [nodes.a, nodes.b];
    for (const at of both) await download(at, "10.2.0.1");
    await vi.waitFor(async () => expect(await total()).toBe(1), { interval: 50 });
    for (const at of both) await download(at, "10.2.0.1");
    for (const at of both) await download(at, "10.2.0.2");
    await vi.waitFor(async () => expect(await total()).toBe(2), { interval: 50 });
    for (const at of both) await download(at, "10.2.0.3");
    await vi.waitFor(async () => expect(await total()).toBe(3), { interval: 50 });
  });
});
