import { Agent, get } from "node:http";
import { publishBody } from "../test/support/publish-body.ts";
import { interleave, table } from "./figures.ts";
import { type BenchServer, ourServer } from "./servers.ts";

/** Requests of one sample. */
const REQUESTS = 500;
const CONNECTIONS = 4;
const ROUNDS = { counted: 40, warmup: 5 };
const ABBREVIATED = "application/vnd.npm.install-v1+json";

/** What it costs to know who is asking: packuments that everybody may read, and one that only members may. */
export async function benchIdentity(): Promise<string> {
  await using server = await ourServer();
  await publish(server, "open", "public");
  await publish(server, "closed", "restricted");
  const ours = { authorization: `Bearer ${server.token}` };
  const contenders = [
    { name: "with a token", path: "/@acme%2fopen", headers: ours },
    { name: "with a token, again (A/A)", path: "/@acme%2fopen", headers: ours },
    { name: "anonymous", path: "/@acme%2fopen", headers: {} },
    { name: "with a token, restricted", path: "/@acme%2fclosed", headers: ours },
  ];
  const figures = await interleave(
    contenders.map(({ name, path, headers }) => ({
      name,
      run: async () => await readMany(server.url + path, headers),
    })),
    ROUNDS,
  );
  return table(`${REQUESTS} packuments over ${CONNECTIONS} connections`, figures);
}

async function readMany(url: string, headers: Record<string, string>): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let left = REQUESTS;
  const read = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await readOne(url, { agent, headers: { accept: ABBREVIATED, ...headers } });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, read));
  agent.destroy();
}

function readOne(url: string, options: { agent: Agent; headers: Record<string, string> }): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
      response.resume().once("end", resolve);
    });
    request.once("error", reject);
  });
}

async function publish(server: BenchServer, skill: string, access: "public" | "restricted"): Promise<void> {
  const body = { ...publishBody({ name: `@acme/${skill}` }), access };
  const answer = await fetch(`${server.url}/@acme%2f${skill}`, {
    method: "PUT",
    headers: { "content-type": "application/json", authorization: `Bearer ${server.token}` },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
}
