import { randomBytes } from "node:crypto";
import { type PostgresServer, startPostgres } from "../../test/support/postgres-server.ts";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { canLimit, limited } from "../cluster/cpu-limit.ts";
import { newDatabase } from "../cluster/database.ts";
import { clients, type Groups, type Load, measured, processes } from "../cluster/machine.ts";
import { type S3Store, startS3 } from "../cluster/s3.ts";
import { publications, publishAll } from "./publishers.ts";
import { type Measured, scalingTable } from "./scaling-rows.ts";
import { type Workload, workloads } from "./workloads.ts";
import type { Rate } from "./wrk.ts";

const NODES = [1, 2, 4];
/** Half of them when they publish. */
const CONNECTIONS = 32;
/** Packages that are read. */
const READ = 200;
/** Until compilers and caches of four nodes that share two cores have done their work. */
const WARMUP_SECONDS = 25;
/** The table shows the one in the middle. */
const ROUNDS = 3;
/** Of a core, for each node: four nodes and everything that serves them then fit into two cores. */
const SHARE = 0.15;

interface Stores {
  postgres: PostgresServer;
  s3: S3Store;
}

interface Tables {
  /** Nodes that take what the machine has. */
  free: Measured[];
  /** Nodes with a share of a core each. */
  shares: Measured[];
}

/** One, two and four nodes behind nginx over one PostgreSQL and one bucket, and who takes the processor meanwhile. */
export async function measureScaling(seconds: number): Promise<string> {
  await using postgres = await startPostgres({ durable: true, settings: ["shared_buffers=512MB"] });
  await using s3 = await startS3();
  const tables: Tables = { free: [], shares: [] };
  for (const count of NODES) {
    await using cluster = await newCluster(count, { postgres, s3 });
    const read = publications(READ);
    await publishAll(read, { url: cluster.nginx.url, token: cluster.token, connections: 4 });
    for (const workload of workloads(read, seconds)) {
      await measureWorkload(workload, { cluster, groups: groupsOf(cluster, { postgres, s3 }) }, tables);
    }
  }
  const how = `${s3.name}; ${READ} packages of 20 KB; ${CONNECTIONS} connections, half as many for publishes; after ${WARMUP_SECONDS} s of the same, the middle one of ${ROUNDS} measurements. "machine" is everything that ran, other work included.`;
  const limit = `The same with at most ${SHARE} of a core for each node, and as many connections for each: what nodes bring while there is processor for them.`;
  const free = `### Nodes behind nginx\n\n${how}\n\n${scalingTable(tables.free)}`;
  if (!canLimit()) return free;
  return `${free}\n### Nodes with a share of a core\n\n${limit}\n\n${scalingTable(tables.shares)}`;
}

/** Each begins with an empty database, as searches cost more among more packages, and with its own part of the bucket. */
async function newCluster(count: number, { postgres, s3 }: Stores): Promise<Cluster> {
  const database = await newDatabase(postgres, `nodes_${count}`);
  const bucket = { ...s3.settings, prefix: `nodes-${count}/` };
  return await startCluster({
    secret: randomBytes(32).toString("hex"),
    nodes: Array.from({ length: count }, (_value, index) => ({ name: `node-${index + 1}` })),
    database: () => database,
    bucket: () => bucket,
  });
}

interface Site {
  cluster: Cluster;
  groups: Groups;
}

async function measureWorkload(
  { name, asksNodes, run }: Workload,
  { cluster, groups }: Site,
  { free, shares }: Tables,
): Promise<void> {
  const count = cluster.nodes.length;
  const measure = async (connections: number): Promise<Measured> => {
    const middle = await middleOf(groups, async () => await run(cluster, connections));
    process.stderr.write(`${name}, ${count} nodes: ${middle.rate.perSecond.toFixed(0)}/s\n`);
    return { workload: name, nodes: count, ...middle };
  };
  const end = performance.now() + WARMUP_SECONDS * 1_000;
  while (performance.now() < end) await run(cluster, CONNECTIONS);
  free.push(await measure(CONNECTIONS));
  if (!asksNodes || !canLimit()) return;
  const pids = cluster.nodes.map((node) => node.program.pid);
  shares.push(await limited(pids, SHARE, async () => await measure(CONNECTIONS * count)));
}

/** The measurement whose rate is the median of some. */
async function middleOf(groups: Groups, run: () => Promise<Rate>): Promise<{ rate: Rate; load: Load }> {
  const found: { rate: Rate; load: Load }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { result: rate, load } = await measured(groups, run);
    found.push({ rate, load });
  }
  const middle = found.toSorted((one, other) => one.rate.perSecond - other.rate.perSecond)[
    Math.floor(ROUNDS / 2)
  ];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}

function groupsOf({ nodes, nginx }: Cluster, { postgres, s3 }: Stores): Groups {
  return {
    nodes: processes(...nodes.map((node) => node.program.pid)),
    nginx: processes(nginx.program.pid),
    PostgreSQL: processes(postgres.pid),
    S3: processes(...s3.pids),
    clients,
  };
}
