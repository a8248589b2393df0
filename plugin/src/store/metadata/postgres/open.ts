import type { Pool } from "pg";
import type { PostgresConfig } from "../../../config.ts";
import type { Metadata, MetadataReader } from "../../metadata.ts";
import type { Nodes } from "../../nodes.ts";
import { postgresNodes } from "../../nodes/postgres.ts";
import { usedTables } from "../dump.ts";
import { sqlReader, sqlWriter } from "../sql-metadata.ts";
import { type Address, addressOf } from "./address.ts";
import { readsOver } from "./dialect.ts";
import { reasonOf } from "./failures.ts";
import { poolGauges, searchGauges } from "./pool-gauges.ts";
import { isMigrated, migrate } from "./migrate.ts";
import { dumpFrom, loadInto } from "./moving.ts";
import { closePool, connectionPool, type PoolOptions } from "./pool.ts";
import { readsOfReplicas } from "./replicas.ts";
import { checkRequirements, checkWritable } from "./requirements.ts";
import { postgresSearch } from "./search.ts";
import { type Searcher, searcherOver } from "./search-snapshot.ts";
import { inTransaction } from "./transactions.ts";
import { postgresWrites } from "./writes.ts";

/**
 * Metadata in PostgreSQL, shared by any number of nodes. Rejects, with a reason and never with the password, when the database is not to
 * be had or is none that the registry can work with.
 */
export async function openPostgres(config: PostgresConfig): Promise<{ metadata: Metadata; nodes: Nodes }> {
  const address = await addressOf(config.url);
  const replicas = await Promise.all(config.replicas.map(addressOf));
  const options = { ...config, url: address.url };
  const primary = connectionPool(options);
  try {
    await checkRequirements(primary);
    await migrate(primary, address.url);
    const nodes = await postgresNodes(primary);
    const pools = { primary, replicas: replicas.map(({ url }) => connectionPool({ ...config, url })) };
    return { metadata: metadataOver(pools, options), nodes };
  } catch (error) {
    await primary.end();
    throw namedAfter(address, error);
  }
}

function namedAfter({ shown }: Address, error: unknown): Error {
  return new Error(`database ${shown}: ${reasonOf(error)}`, { cause: error });
}

interface Pools {
  primary: Pool;
  replicas: Pool[];
}

function metadataOver({ primary, replicas }: Pools, options: PoolOptions): Metadata {
  const searcher = (pool: Pool): Searcher => searcherOver(pool, options.statementSeconds);
  const main = searcher(primary);
  const others = replicas.map((pool) => ({ pool, searcher: searcher(pool) }));
  const index = postgresSearch();
  const reads = readsOver(primary);
  const read: MetadataReader = {
    ...sqlReader(reads, index),
    search: main.patiently,
  };
  let closed: Promise<unknown> | undefined;
  return {
    ...read,
    ...readsOfReplicas(
      others.map(({ pool, searcher: { once } }) => ({ pool, search: once })),
      index,
      read,
    ),
    transaction: async (work, scope) =>
      await inTransaction(primary, scope, (tx) => work({ ...sqlWriter(tx, index), ...postgresWrites(tx) })),
    check: async () => await checkWritable(primary),
    isMigrated: async () => await isMigrated(reads),
    dump: () => dumpFrom(options),
    load: async (rows) =>
      await inTransaction(primary, undefined, async (tx) => await loadInto(tx, index, rows())),
    used: async () => await usedTables(reads),
    gauges: [
      ...poolGauges({ primary: [primary], replicas }),
      ...searchGauges([main, ...others.map((other) => other.searcher)]),
    ],
    close: async () => void (await (closed ??= Promise.all([primary, ...replicas].map(closePool)))),
  };
}
