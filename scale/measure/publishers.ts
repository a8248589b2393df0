import { randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import { publishBody } from "../../test/support/publish-body.ts";
import { percentile } from "../../bench/figures.ts";
import type { Rate } from "./wrk.ts";

/** Bytes of chance in the payload, once as base64 and once as text: with them a tarball has 20 KB. */
const PAYLOAD_BYTES = 12_500;

export interface Publication {
  name: string;
  version: string;
  path: string;
  body: string;
}

let serial = 0;

/** New packages of 20 KB each, made before anything is measured. */
export function publications(count: number): Publication[] {
  return Array.from({ length: count }, () => {
    const name = `@acme/measured-${process.pid}-${(serial += 1)}`;
    const text = randomBytes(PAYLOAD_BYTES)
      .toString("latin1")
      .replaceAll(/[^\x20-\x7e]/g, "~");
    const payload = text + randomBytes(PAYLOAD_BYTES).toString("base64");
    const body = JSON.stringify(
      publishBody({ name, version: "1.0.0", files: { "references/data.txt": payload } }),
    );
    return { name, version: "1.0.0", path: `/${name.replace("/", "%2f")}`, body };
  });
}

export interface Publishing {
  url: string;
  token: string;
  connections: number;
}

/** Publishes all of them over some kept-alive connections, and says how long each took. */
export async function publishAll(
  list: Publication[],
  { url, token, connections }: Publishing,
): Promise<Rate> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const waiting = list.values();
  const times: number[] = [];
  let failed = 0;
  const client = async (): Promise<void> => {
    for (const publication of waiting) {
      const started = performance.now();
      const status = await put(publication, { url, token, agent });
      if (status === 201) times.push(performance.now() - started);
      else failed += 1;
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, client));
  const seconds = (performance.now() - started) / 1_000;
  agent.destroy();
  return {
    perSecond: times.length / seconds,
    p50: percentile(times, 50),
    p99: percentile(times, 99),
    failed,
  };
}

async function put(
  publication: Publication,
  { url, token, agent }: { url: string; token: string; agent: Agent },
): Promise<number> {
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(publication.body),
    authorization: `Bearer ${token}`,
  };
  return await new Promise((resolve, reject) => {
    const sent = request(url + publication.path, { method: "PUT", agent, headers }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(publication.body);
  });
}
