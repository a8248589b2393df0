import { randomBytes } from "node:crypto";
import { startPostgres } from "../../test/support/postgres-server.ts";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { clients, type Groups, type Load, measured, processes } from "../cluster/machine.ts";
import { markdownTable } from "../cluster/markdown.ts";
import { ownPrograms } from "../cluster/program.ts";
import { type S3Store, startS3 } from "../cluster/s3.ts";
import { type Publication, publications, publishAll } from "./publishers.ts";
import { askMany, type Rate } from "./wrk.ts";

const NODES = [1, 2, 4];
const CONNECTIONS = 32;
const WRITERS = 16;
/** Packages that are read. */
const READ = 200;
/** Publishes of one measurement. */
const WRITTEN = 400;

interface Workload {
  name: string;
  run: (cluster: Cluster) => Promise<Rate>;
}

const COLUMNS = [
  "requests/s",
  "p50 ms",
  "p99 ms",
  "failed",
  "cores: nodes",
  "nginx",
  "PostgreSQL",
  "S3",
  "clients",
  "machine",
  "requests/s and core of the nodes",
];

/** One, two and four nodes behind nginx over one PostgreSQL and one bucket, and who takes the processor meanwhile. */
export async function measureScaling(seconds: number): Promise<string> {
  await using postgres = await startPostgres({ durable: true, settings: ["shared_buffers=512MB"] });
  await using s3 = await startS3();
  const read = publications(READ);
  const shared = {
    secret: randomBytes(32).toString("hex"),
    database: () => postgres.url("postgres"),
    bucket: () => s3.settings,
  };
  const rows: (string | number)[][] = [];
  for (const count of NODES) {
    const nodes = Array.from({ length: count }, (_value, index) => ({ name: `node-${index + 1}` }));
    await using cluster = await startCluster({ ...shared, nodes });
    const { nginx, token } = cluster;
    if (count === NODES[0]) await publishAll(read, { url: nginx.url, token, connections: 4 });
    for (const { name, run } of workloads(read, seconds)) {
      // Compilers and caches get going.
      await run(cluster);
      const { result, load } = await measured(groupsOf(cluster, s3), () => run(cluster));
      rows.push(rowOf(name, count, { rate: result, load }));
      process.stderr.write(`${name}, ${count} nodes: ${result.perSecond.toFixed(0)}/s\n`);
    }
  }
  const how = `${s3.name}; ${READ} packages of 20 KB; ${CONNECTIONS} connections, ${WRITERS} for publishes. "machine" is everything that ran, other work included.`;
  return `### Nodes behind nginx\n\n${how}\n\n${markdownTable(["workload", "nodes", ...COLUMNS], rows)}`;
}

function groupsOf({ nodes, nginx }: Cluster, s3: S3Store): Groups {
  return {
    nodes: processes(...nodes.map((node) => node.program.pid)),
    nginx: processes(nginx.program.pid),
    PostgreSQL: processes(...ownPrograms(/^postgres$/)),
    S3: processes(...s3.pids),
    clients,
  };
}

function workloads(read: Publication[], seconds: number): Workload[] {
  const tarballs = read.map(
    ({ name, version }) => `/${name}/-/${name.slice(name.indexOf("/") + 1)}-${version}.tgz`,
  );
  const queries = read.map(({ name }) => `/-/v1/search?size=10&text=${name.slice(name.indexOf("/") + 1)}`);
  const asking = { connections: CONNECTIONS, seconds };
  const short = { accept: "application/vnd.npm.install-v1+json" };
  return [
    {
      name: "packument",
      run: async ({ nginx: { url } }) =>
        await askMany({ url, paths: read.map((one) => one.path), headers: short, ...asking }),
    },
    {
      name: "tarball, with a token",
      run: async ({ nginx: { url }, token }) =>
        await askMany({ url, paths: tarballs, headers: { authorization: `Bearer ${token}` }, ...asking }),
    },
    {
      name: "tarball, anonymous (nginx's cache)",
      run: async ({ nginx: { url } }) => await askMany({ url, paths: tarballs, ...asking }),
    },
    { name: "search", run: async ({ nginx: { url } }) => await askMany({ url, paths: queries, ...asking }) },
    {
      name: "publish 20 KB",
      run: async ({ nginx: { url }, token }) =>
        await publishAll(publications(WRITTEN), { url, token, connections: WRITERS }),
    },
  ];
}

function rowOf(name: string, nodes: number, { rate, load }: { rate: Rate; load: Load }): (string | number)[] {
  const groups = ["nodes", "nginx", "PostgreSQL", "S3", "clients"].map(
    (group) => load.cores[group] ?? Number.NaN,
  );
  const perCore = rate.perSecond / (load.cores["nodes"] ?? Number.NaN);
  const { perSecond, p50, p99, failed } = rate;
  return [name, nodes, Math.round(perSecond), p50, p99, failed, ...groups, load.busy, Math.round(perCore)];
}
