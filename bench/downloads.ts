import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, get } from "node:http";
import os from "node:os";
import path from "node:path";
import { jsonOf } from "../test/support/json.ts";
import { publishBody } from "../test/support/publish-body.ts";
import { PASSWORD } from "../test/support/registry.ts";
import { type Figures, interleave, table } from "./figures.ts";

/** Bytes of chance in the skill: a tarball of 20 KB. */
const PAYLOAD_BYTES = 15_000;
const CONNECTIONS = 8;
/** Downloads of one sample; the flush of every ten seconds falls into some of them. */
const DOWNLOADS = 1_000;
const ROUNDS = { counted: 40, warmup: 4 };
const TARBALL = "/@acme/sample/-/sample-1.0.0.tgz";
const USER_AGENT = "npm/11.2.0 node/v24.1.0 linux x64 workspaces/false";

/** What counting costs the tarball route. */
export async function benchDownloads(): Promise<string> {
  await using counting = await startServer("counting");
  await using again = await startServer("counting");
  await using silent = await startServer("silent");
  const contenders = [
    { name: "counting", server: counting },
    { name: "counting again (A/A)", server: again },
    { name: "without counting", server: silent },
  ];
  const cpu: Figures[] = contenders.map(({ name }) => ({ name, samples: [] }));
  const wall = await interleave(
    contenders.map(({ name, server }, index) => ({
      name,
      run: async (round) => {
        const before = await server.cpuTime();
        await downloadMany(server.url);
        const used = (await server.cpuTime()) - before;
        if (round >= ROUNDS.warmup) cpu[index]?.samples.push(used);
      },
    })),
    ROUNDS,
  );
  const what = `${DOWNLOADS} downloads of 20 KB over ${CONNECTIONS} connections, each by a client of its own`;
  return [table(what, wall), table("The same: processor time of the server", cpu)].join("\n");
}

async function downloadMany(url: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let left = DOWNLOADS;
  const download = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await downloadOne(url, agent);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, download));
  agent.destroy();
}

let serial = 0;

function downloadOne(url: string, agent: Agent): Promise<void> {
  serial += 1;
  const client = `10.${(serial >> 16) & 255}.${(serial >> 8) & 255}.${serial & 255}`;
  const headers = { "user-agent": USER_AGENT, "x-forwarded-for": client };
  return new Promise((resolve, reject) => {
    const request = get(url + TARBALL, { agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
      response.resume().once("end", resolve);
    });
    request.once("error", reject);
  });
}

interface TarballServer extends AsyncDisposable {
  url: string;
  /** Milliseconds of processor time since its start. */
  cpuTime(): Promise<number>;
}

async function startServer(mode: "counting" | "silent"): Promise<TarballServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "bench-downloads-"));
  const script = path.join(import.meta.dirname, "tarball-server.ts");
  const child = fork(script, [mode, folder], { execArgv: ["--conditions=source"] });
  const answer = async (): Promise<number> => Number((await once(child, "message"))[0]);
  const url = `http://127.0.0.1:${await answer()}`;
  await publishSample(url);
  return {
    url,
    async cpuTime() {
      const answered = answer();
      child.send("cpu");
      return (await answered) / 1_000;
    },
    async [Symbol.asyncDispose]() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function publishSample(url: string): Promise<void> {
  const account = { name: "acme", password: PASSWORD };
  const { token }: { token: string } = await jsonOf(put(`${url}/-/user/org.couchdb.user:acme`, account));
  const payload = randomBytes(PAYLOAD_BYTES).toString("base64");
  const body = publishBody({ files: { "references/data.txt": payload } });
  const answer = await put(`${url}/@acme%2fsample`, body, { authorization: `Bearer ${token}` });
  if (answer.status !== 201) throw new Error(await answer.text());
}

async function put(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const all = { "content-type": "application/json", ...headers };
  return await fetch(url, { method: "PUT", headers: all, body: JSON.stringify(body) });
}
