import type { Pool } from "pg";
import type { Gauge } from "../../../observe/gauges.ts";

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
