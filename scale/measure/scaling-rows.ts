import type { Load } from "../cluster/machine.ts";
import { markdownTable } from "../cluster/markdown.ts";
import type { Rate } from "./wrk.ts";

/** What was asked of how many nodes, how fast they answered, and what the answers took. */
export interface Measured {
  workload: string;
  nodes: number;
  rate: Rate;
  load: Load;
}

const GROUPS = ["nodes", "nginx", "PostgreSQL", "S3", "clients"];
const COLUMNS = [
  "workload",
  "nodes",
  "requests/s",
  "p50 ms",
  "p99 ms",
  "failed",
  ...GROUPS.map((group, index) => (index === 0 ? `cores: ${group}` : group)),
  "machine",
  "requests/s and core of the nodes",
];
/** Of a core: less of it than this is not work of the nodes, and no rate is counted on it. */
const BUSY_MIN = 0.01;

export function scalingTable(rows: Measured[]): string {
  return markdownTable(COLUMNS, rows.map(rowOf));
}

function rowOf({ workload, nodes, rate, load }: Measured): (string | number)[] {
  const cores = GROUPS.map((group) => load.cores[group] ?? Number.NaN);
  const [ofNodes = 0] = cores;
  const perCore = ofNodes < BUSY_MIN ? "" : Math.round(rate.perSecond / ofNodes);
  const { perSecond, p50, p99, failed } = rate;
  return [workload, nodes, Math.round(perSecond), p50, p99, failed, ...cores, load.busy, perCore];
}
