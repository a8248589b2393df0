import { Agent, request } from "node:http";
import { publishDocument } from "../test/support/publish-body.ts";
import { packageTarball } from "../test/support/skill.ts";
import { percentile } from "./figures.ts";
import type { Corpus } from "./search-corpus.ts";
import { knownItems } from "./search-queries.ts";
import type { BenchServer } from "./servers.ts";

/** Clients that search at once, each on one connection. */
const CLIENTS = 8;

/** Queries of all clients together, or fewer when the time is over. */
const QUERIES = 1_600;
const TIME_MS = 20_000;

/** Somebody reads a packument meanwhile, so often. */
const READ_EVERY_MS = 20;

const NAME = "@acme/bench-packument";

export const HTTP_HEADER = `### npm search over HTTP, ${CLIENTS} clients at once

One and two words, a beginning, a typo, ten hits each. Meanwhile a packument is read every ${READ_EVERY_MS} ms.

| registry | skills | one client, p50 ms | ${CLIENTS} clients, p50 ms | p99 ms | packument p50 ms | p99 ms | without searches, p50 ms | p99 ms |
|---|---|---|---|---|---|---|---|---|`;

/** The package whose packument is read. */
export async function publishOne(server: BenchServer): Promise<void> {
  await publish(server, NAME, "A skill that is read while others search.");
}

/** Skills of the corpus under the one account that there is. */
export async function publishAll(
  server: BenchServer,
  corpus: Corpus,
  { from, to }: { from: number; to: number },
): Promise<void> {
  for (let index = from; index < to; index += 1) {
    const { name, description } = corpus.document(index);
    await publish(server, `@acme/${name.slice(name.indexOf("/") + 1)}`, description);
  }
}

async function publish(server: BenchServer, name: string, description: string): Promise<void> {
  const skill = name.slice(name.indexOf("/") + 1);
  const manifest = { name, version: "1.0.0", description, license: "MIT" };
  const tarball = packageTarball({
    "package.json": JSON.stringify(manifest),
    "SKILL.md": `---\nname: ${skill}\ndescription: ${description}\n---\n`,
  });
  const answer = await fetch(`${server.url}/${name.replace("/", "%2f")}`, {
    method: "PUT",
    headers: { "content-type": "application/json", authorization: `Bearer ${server.token}` },
    body: JSON.stringify(publishDocument(manifest, tarball)),
  });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`${answer.status}: ${text}`);
}

export async function httpRow(
  name: string,
  server: BenchServer,
  { corpus, size }: { corpus: Corpus; size: number },
): Promise<string> {
  const queries = Object.values(knownItems(corpus, size))
    .slice(0, 4)
    .flatMap((kind) => kind.map(({ text }) => text));
  const idle = await reading(server, async () => {
    await new Promise((resolve) => setTimeout(resolve, 100 * READ_EVERY_MS));
    return [];
  });
  const alone = await searching(server, { queries, clients: 1 });
  const loaded = await reading(server, async () => await searching(server, { queries, clients: CLIENTS }));
  const figures = [
    percentile(alone, 50),
    percentile(loaded.work, 50),
    percentile(loaded.work, 99),
    percentile(loaded.reads, 50),
    percentile(loaded.reads, 99),
    percentile(idle.reads, 50),
    percentile(idle.reads, 99),
  ].map((figure) => figure.toFixed(1));
  return `| ${name} | ${size.toLocaleString("en")} | ${figures.join(" | ")} |`;
}

async function searching(
  server: BenchServer,
  { queries, clients }: { queries: string[]; clients: number },
): Promise<number[]> {
  const samples: number[] = [];
  const until = performance.now() + TIME_MS;
  let next = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      while (next < QUERIES && performance.now() < until) {
        const text = queries[(next += 1) % queries.length] ?? "";
        samples.push(
          await timed(agent, `${server.url}/-/v1/search?size=10&text=${encodeURIComponent(text)}`),
        );
      }
      agent.destroy();
    }),
  );
  return samples;
}

/** Reads at a fixed rate, however long an answer takes: a stall shows in every read that falls into it. */
async function reading<T>(
  server: BenchServer,
  work: () => Promise<T>,
): Promise<{ work: T; reads: number[] }> {
  const agent = new Agent({ keepAlive: true });
  const running: Promise<number>[] = [];
  const timer = setInterval(() => {
    running.push(timed(agent, `${server.url}/${NAME.replace("/", "%2f")}`));
  }, READ_EVERY_MS);
  try {
    return { work: await work(), reads: await Promise.all(running) };
  } finally {
    clearInterval(timer);
    await Promise.allSettled(running);
    agent.destroy();
  }
}

/** Milliseconds from the request to the last byte of the answer. */
async function timed(agent: Agent, url: string): Promise<number> {
  const started = performance.now();
  return await new Promise((resolve, reject) => {
    const sent = request(url, { agent }, (answer) => {
      answer.resume();
      answer.once("error", reject);
      answer.once("end", () => {
        if (answer.statusCode === 200) resolve(performance.now() - started);
        else reject(new Error(`${answer.statusCode} for ${url}`));
      });
    });
    sent.once("error", reject);
    sent.end();
  });
}
