import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { CLOSED } from "./failures.ts";
import { fromPostgres } from "./texts.ts";

/** How long things may take; all in milliseconds. */
const CONNECT_MS = 5_000;
/** A transaction that waits for its node holds up everybody: a node that was cut off is not waited for. */
const IDLE_IN_TRANSACTION_MS = 10_000;
/** Longer than the one above, so that whoever waits for a node that was cut off gets its turn. */
const LOCK_MS = 20_000;
/** The server has this much longer to say itself that a statement took too long. After that the connection is taken for cut. */
const GRACE_MS = 5_000;
/** How often the server looks whether the client of a running statement is still there. */
const CHECK_CLIENT_MS = 5_000;
/**
 * How long the server goes on sending to a node that takes nothing: one that was cut off, or stopped, in the middle of a long answer.
 * Whatever timeout a statement has, it does not end while it is sent, and keeps its locks.
 */
const UNTAKEN_MS = 10_000;
/** Idle time after which a probe is sent to find out whether the other side is there; ten more follow, a second apart. */
const KEEP_ALIVE_MS = 10_000;
/** Seconds between two probes that were not answered. */
const PROBE_SECONDS = 5;
const IDLE_MS = 5 * 60_000;

const SECOND_MS = 1_000;

/** How soon the server finds out that a node is not there any more, which may be one that makes a backup, or waits for nothing. */
const NETWORK = [
  `client_connection_check_interval = ${CHECK_CLIENT_MS}`,
  `tcp_user_timeout = ${UNTAKEN_MS}`,
  `tcp_keepalives_idle = ${KEEP_ALIVE_MS / SECOND_MS}`,
  `tcp_keepalives_interval = ${PROBE_SECONDS}`,
];

/** What is acknowledged has to survive a crash, whatever is the default of the server, the database or the role. */
const DURABLE =
  "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";

/** What the server's list of connections calls those of a registry. */
export const APPLICATION = "skills-registry";

/** Types by their number in PostgreSQL's catalog. */
const TEXT_TYPES = new Set([25, 1042, 1043]);
/** bigint, and numeric: what sums of bigint are. Nothing here is counted up to 2^53. */
const NUMBER_TYPES = new Set([20, 1700]);

export interface PoolOptions {
  /** Address with the secret in it. */
  url: string;
  connections: number;
  statementSeconds: number;
}

/** Connections to one server. The pool makes them when they are needed, and none by itself. */
export function connectionPool({ url, connections, statementSeconds }: PoolOptions): pg.Pool {
  const statementMs = statementSeconds * SECOND_MS;
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: statementMs + GRACE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    fallback_application_name: APPLICATION,
    pipeline: true,
    types: { getTypeParser },
    // oxlint-disable-next-line typescript/no-misused-promises -- pg waits for it, which its types do not tell
    onConnect: async (client) => await prepareSession(client, statementMs),
  });
  // An idle connection was lost: the pool has thrown it away already.
  pool.on("error", () => undefined);
  return pool;
}

/** Pools that give out no more connections. */
const closing = new WeakSet<pg.Pool>();

/** How often a closing pool looks whether everybody who waits has got a connection. */
const DRAIN_MS = 5;

/** Throws for a pool that is being closed. */
export async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  if (closing.has(pool)) throw new Error(CLOSED);
  return await pool.connect();
}

/** Resolves when everything that was asked for before is done. */
export async function closePool(pool: pg.Pool): Promise<void> {
  closing.add(pool);
  // pg would leave those who wait without an answer.
  while (pool.waitingCount > 0) await sleep(DRAIN_MS);
  await pool.end();
}

/** Set here and not in the start of the connection, where proxies like PgBouncer refuse what they do not know. */
async function prepareSession(client: pg.ClientBase, statementMs: number): Promise<void> {
  // A connection that is lost while nobody waits for an answer: the next question fails. Without a listener the process would end.
  client.on("error", () => undefined);
  await client.query(
    `${DURABLE}; set statement_timeout = ${statementMs}; set lock_timeout = ${LOCK_MS};
    set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}; set jit = off`,
  );
  // Not every system that PostgreSQL runs on can do these.
  await Promise.all(
    NETWORK.map(async (setting) => await client.query(`set ${setting}`).catch(() => undefined)),
  );
}

function getTypeParser(type: number, format?: string): (value: string) => unknown {
  if (NUMBER_TYPES.has(type)) return Number;
  if (TEXT_TYPES.has(type)) return fromPostgres;
  return format === "binary" ? pg.types.getTypeParser(type, "binary") : pg.types.getTypeParser(type);
}
