import { afterEach, expect, it } from "vitest";
import type { TracingConfig } from "../../plugin/src/config-observe.ts";
import { guardSecret } from "../support/leaks.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { type Collector, startCollector } from "../support/trace-collector.ts";

const HEADER = guardSecret("collector-secret-0123456789");
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
/** Far more than a request takes, far less than the collector may. */
const PROMPT_MS = 3_000;
/** What a node that stops waits for its collector, and some more. */
const CLOSE_MS = 4_500;

const collectors: Collector[] = [];
afterEach(async () => {
  for (const collector of collectors.splice(0)) await collector[Symbol.asyncDispose]();
});

async function collector(answer?: Parameters<typeof startCollector>[0]): Promise<Collector> {
  const started = await startCollector(answer);
  collectors.push(started);
  return started;
}

async function tracedRegistry(tracing: TracingConfig): Promise<TestRegistry> {
  return await startRegistry({
    settings: (settings) => ({
      ...settings,
      server: { ...settings.server, trustProxy: "loopback" },
      registry: { ...settings.registry, tracing, node: "node-a" },
    }),
  });
}

it("a request is a span with those of its authorisation and its stores below, in the trace of its proxy", async () => {
  const { url, spans, headers } = await collector();
  const registry = await tracedRegistry({ endpoint: url, headers: { "x-key": HEADER }, sampleRatio: 0 });
  const token = await registry.account("acme");
  await registry.fetch("/@acme%2fsample?secret=in-the-query", {
    token,
    headers: { traceparent: `00-${TRACE}-${PARENT}-01`, "x-request-id": "proxy-request-1" },
  });
  // Neither the proxy nor the ratio wants this one.
  await registry.fetch("/-/ping");
  // What was not sent yet is sent now.
  await registry[Symbol.asyncDispose]();
  const request = spans.find(({ name }) => name === "GET /:package");
  expect(request).toMatchObject({
    traceId: TRACE,
    parentSpanId: PARENT,
    attributes: {
      "http.route": "/:package",
      "http.response.status_code": 404,
      "error.type": "ENOTFOUND",
      "skills.request_id": "proxy-request-1",
    },
  });
  const below = (id: string | undefined): string[] =>
    spans.filter(({ parentSpanId }) => parentSpanId === id).map(({ name }) => name);
  expect(below(request?.spanId)).toEqual(["metadata.token", "authorize"]);
  expect(below(spans.find(({ name }) => name === "authorize")?.spanId)).toContain("metadata.package");
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  expect(headers["x-key"]).toBe(HEADER);
  const sent = JSON.stringify(spans);
  for (const secret of [token, HEADER, "in-the-query", "acme"]) expect(sent).not.toContain(secret);
});

it("a collector that is not there, never answers or refuses everything slows no request and holds up no stop for long", async () => {
  const urls = ["http://127.0.0.1:9/v1/traces", (await collector("never")).url, (await collector(500)).url];
  const run = async (endpoint: string): Promise<void> => {
    const registry = await tracedRegistry({ endpoint, headers: {}, sampleRatio: 1 });
    const begun = performance.now();
    for (let index = 0; index < 20; index += 1) {
      expect((await registry.fetch("/-/v1/search?text=x")).status).toBe(200);
    }
    expect(performance.now() - begun).toBeLessThan(PROMPT_MS);
    const closing = performance.now();
    await registry[Symbol.asyncDispose]();
    expect(performance.now() - closing).toBeLessThan(CLOSE_MS);
  };
  await Promise.all(urls.map(run));
});
