import type { Pool } from "pg";
import { type Gauge, queueGauges } from "../../../observe/gauges.ts";
import type { Searcher } from "./search-snapshot.ts";

const STATES = {
  total: (pool: Pool) => pool.totalCount,
  idle: (pool: Pool) => pool.idleCount,
  waiting: (pool: Pool) => pool.waitingCount,
};

/** What connections to PostgreSQL tell, those of all replicas together. */
export function poolGauges(pools: Record<"primary" | "replicas", Pool[]>): Gauge[] {
  return Object.entries(pools).flatMap(([name, members]) =>
    Object.entries(STATES).map(([state, countOf]) => ({
      name: "skills_database_connections" as const,
      labels: { pool: name, state },
      read: () => members.reduce((sum, pool) => sum + countOf(pool), 0),
    })),
  );
}

/** Searches of all servers together: half of the connections are for them. */
export function searchGauges(searchers: Pick<Searcher, "load">[]): Gauge[] {
  const sum = (of: "running" | "waiting"): number =>
    searchers.reduce((total, { load }) => total + load()[of], 0);
  return queueGauges("searches", () => ({ running: sum("running"), waiting: sum("waiting") }));
}
