import { randomBytes } from "node:crypto";
import pg from "pg";
import { interleave, percentile, table } from "../../bench/figures.ts";
import { syntheticCorpus } from "../../bench/search-corpus.ts";
import { knownItems } from "../../bench/search-queries.ts";
import { openPostgres } from "../../plugin/src/store/metadata/postgres/open.ts";
import { type PostgresServer, startPostgres } from "../../test/support/postgres-server.ts";
import { makeAccount, postgresSettings } from "../cluster/cluster.ts";
import { newDatabase } from "../cluster/database.ts";
import { markdownTable } from "../cluster/markdown.ts";
import { RegistryNode } from "../cluster/node.ts";
import { residentMegabytes } from "../cluster/program.ts";
import { type S3Store, startS3 } from "../cluster/s3.ts";
import { generate, VERSIONS } from "./generate.ts";
import { publications, publishAll } from "./publishers.ts";
import { searchPath, searchTable, type SearchTimes, searchTimes } from "./search-times.ts";
import { askMany } from "./wrk.ts";

const SMALL = 1_000;
const ROUNDS = { counted: 100, warmup: 10 };
/** Packages of which the packuments are asked for before the memory is read again. */
const READ = 500;
/** For each of searches and packuments: what memory is allocated and freed by them depends on their number, too. */
const LOAD_SECONDS = 15;
const QUERY_KINDS = [
  "two words of the name",
  "a word and the first four letters of another",
  "two words, one with a typo",
];

interface Sized {
  packages: number;
  /** Of the database. */
  megabytes: number;
  node: RegistryNode;
  token: string;
  /** Resident megabytes before anything was asked of it. */
  atStart: number;
}

/** One node over an empty database, a small one and a large one: search, publish, memory. */
export async function measureSize(packages: number): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const postgres = stack.use(
    await startPostgres({ durable: true, settings: ["shared_buffers=1GB", "max_wal_size=4GB"] }),
  );
  const s3 = stack.use(await startS3());
  const sizes = [...new Set([0, Math.min(SMALL, packages), packages])];
  const sized: Sized[] = [];
  for (const size of sizes) {
    const started = performance.now();
    const database = await fill(postgres, size);
    const seconds = Math.round((performance.now() - started) / 1_000);
    process.stderr.write(`${size} packages, ${size * VERSIONS} versions in ${seconds} s\n`);
    sized.push(await startSized(stack, { size, database, s3 }));
  }
  const publishing = await comparePublishes(sized.toReversed());
  const rows: (string | number)[][] = [];
  let times: SearchTimes = {};
  for (const one of sized) {
    times = await searchTimes(one.node.url, one.packages);
    rows.push(await searchRow(one, times));
  }
  const head = [
    "packages",
    "versions",
    "database, MB",
    "search p50 ms",
    "p99 ms",
    "max ms",
    "memory after the start, MB",
    `after publishes, and ${LOAD_SECONDS} s each of searches and packuments, MB`,
  ];
  return [
    `### Size\n\n${QUERY_KINDS.join("; ")}: one client, over HTTP. Memory is the resident one of the node.\n\n${markdownTable(head, rows)}`,
    `### Search among ${packages.toLocaleString("en")} packages\n\nThe same client; the kinds of docs/performance.md.\n\n${searchTable(times)}`,
    publishing,
  ].join("\n");
}

/** A new database with so many packages; returns its address. */
async function fill(postgres: PostgresServer, size: number): Promise<string> {
  const url = await newDatabase(postgres, `sized_${size}`);
  const { metadata, nodes } = await openPostgres(postgresSettings(url));
  try {
    const say = (done: string): void => void process.stderr.write(`  ${done}\n`);
    if (size > 0) await generate(metadata, { packages: size, url, say });
  } finally {
    await nodes.close();
    await metadata.close();
  }
  return url;
}

async function databaseMegabytes(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ size: string }>(
    "select pg_database_size(current_database()) as size",
  );
  await client.end();
  return Math.round(Number(rows[0]?.size) / 1024 ** 2);
}

async function startSized(
  stack: AsyncDisposableStack,
  { size, database, s3 }: { size: number; database: string; s3: S3Store },
): Promise<Sized> {
  const shared = {
    metadata: postgresSettings(database),
    // One bucket belongs to one registry; each has its part of it.
    blobs: { ...s3.settings, prefix: `sized-${size}/` },
    secret: randomBytes(32).toString("hex"),
    publicUrl: null,
  };
  const node = stack.use(await RegistryNode.start(shared, { name: `sized-${size}` }));
  const atStart = residentMegabytes(node.program.pid);
  const megabytes = await databaseMegabytes(database);
  return { packages: size, megabytes, node, token: await makeAccount(node.url), atStart };
}

async function comparePublishes(sized: Sized[]): Promise<string> {
  const prepared = sized.map(() => publications(ROUNDS.counted + ROUNDS.warmup));
  const figures = await interleave(
    sized.map(({ packages, node, token }, index) => ({
      name: `among ${packages.toLocaleString("en")} packages`,
      run: async (round) => {
        const publication = prepared[index]?.[round];
        if (publication === undefined) throw new Error("nothing is left to publish");
        const { failed } = await publishAll([publication], { url: node.url, token, connections: 1 });
        if (failed > 0) throw new Error("a publish was refused");
      },
    })),
    ROUNDS,
  );
  return table("Publish a new package, 20 KB, by how many there are", figures);
}

async function searchRow(
  { packages, megabytes, node, atStart }: Sized,
  times: SearchTimes,
): Promise<(string | number)[]> {
  const known = QUERY_KINDS.flatMap((kind) => times[kind] ?? []);
  await load(node, packages);
  return [
    packages,
    packages * VERSIONS,
    megabytes,
    ...[50, 99, 100].map((rank) => percentile(known, rank)),
    Math.round(atStart),
    Math.round(residentMegabytes(node.program.pid)),
  ];
}

async function load({ url }: RegistryNode, packages: number): Promise<void> {
  const corpus = syntheticCorpus();
  const items = knownItems(corpus, Math.max(1, packages));
  const queries = QUERY_KINDS.flatMap((kind) => items[kind] ?? []).map(searchPath);
  const read = Array.from(
    { length: Math.min(READ, packages) },
    (_value, index) => `/${corpus.document(index).name}`,
  );
  for (const paths of [queries, read]) {
    if (paths.length > 0) await askMany({ url, paths, connections: 8, seconds: LOAD_SECONDS });
  }
}
