import { randomBytes } from "node:crypto";
import { Agent, get } from "node:http";
import { interleave, table } from "../../bench/figures.ts";
import { startPostgres } from "../../test/support/postgres-server.ts";
import { makeAccount, postgresSettings } from "../cluster/cluster.ts";
import { RegistryNode } from "../cluster/node.ts";
import { startS3 } from "../cluster/s3.ts";
import { publications, publishAll } from "./publishers.ts";

/** Packuments of one sample. */
const READS = 200;
const CONNECTIONS = 4;
const ROUNDS = { counted: 50, warmup: 5 };

interface Contender {
  name: string;
  node: RegistryNode;
  token: string;
}

/** What PostgreSQL and S3 cost a request, beside the default stores: one node each, asked directly. */
export async function measureOverhead(): Promise<string> {
  await using postgres = await startPostgres({ durable: true });
  await using s3 = await startS3();
  const secret = randomBytes(32).toString("hex");
  const common = { secret, publicUrl: null };
  await using embedded = await RegistryNode.start(common, { name: "embedded" });
  const stores = { metadata: postgresSettings(postgres.url("postgres")), blobs: s3.settings };
  await using scaled = await RegistryNode.start({ ...common, ...stores }, { name: "scaled" });
  const [first, second] = await Promise.all(
    [embedded, scaled].map(async (node) => await makeAccount(node.url)),
  );
  const contenders: Contender[] = [
    { name: `one node on PostgreSQL and ${s3.name}`, node: scaled, token: second ?? "" },
    { name: "the same again (A/A)", node: scaled, token: second ?? "" },
    { name: "embedded: SQLite and disk", node: embedded, token: first ?? "" },
  ];
  return `${await comparePackuments(contenders)}\n${await comparePublishes(contenders)}`;
}

async function comparePackuments(contenders: Contender[]): Promise<string> {
  const list = publications(2);
  for (const { node, token } of contenders) await publishAll(list, { url: node.url, token, connections: 1 });
  const paths = list.map(({ path }) => path);
  const figures = await interleave(
    contenders.map(({ name, node }) => ({ name, run: async () => await readMany(node.url, paths) })),
    ROUNDS,
  );
  return table(`${READS} packuments over ${CONNECTIONS} connections`, figures);
}

async function comparePublishes(contenders: Contender[]): Promise<string> {
  const prepared = contenders.map(() => publications(ROUNDS.counted + ROUNDS.warmup));
  const figures = await interleave(
    contenders.map(({ name, node, token }, index) => ({
      name,
      run: async (round) => {
        const publication = prepared[index]?.[round];
        if (publication === undefined) throw new Error("nothing is left to publish");
        const { failed } = await publishAll([publication], { url: node.url, token, connections: 1 });
        if (failed > 0) throw new Error("a publish was refused");
      },
    })),
    ROUNDS,
  );
  return table("Publish a new package, 20 KB", figures);
}

async function readMany(url: string, paths: string[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let left = READS;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await readOne(url + (paths[left % paths.length] ?? ""), agent);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  agent.destroy();
}

async function readOne(url: string, agent: Agent): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const headers = { accept: "application/vnd.npm.install-v1+json" };
    get(url, { agent, headers }, (answer) => {
      answer.resume();
      if (answer.statusCode !== 200) reject(new Error(`${url}: ${answer.statusCode}`));
      answer.on("end", resolve);
    }).on("error", reject);
  });
}
