/** From a read out of memory to a search or a publish that people complain about. Seconds. */
const LATENCY = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export interface MetricRule {
  type: "counter" | "gauge" | "histogram";
  /** What it measures, in the unit at the end of its name. */
  help: string;
  /** Each label with the values that it may have. They are few and known: there is never a series for what somebody made up. */
  labels: Record<string, string>;
  /** Upper bounds of a histogram's buckets. */
  buckets?: number[];
}

/** What is noted when it happens. */
export const NOTED_METRICS = {
  skills_http_request_seconds: {
    type: "histogram",
    help: "Time from the head of a request to the end of its answer.",
    labels: {
      route: "the path in docs/http-api.md, `none` where there is no route",
      method: "`GET`, `HEAD`, `PUT`, `POST`, `DELETE`, `other`",
      status: "`2xx`, `3xx`, `4xx`, `5xx`",
    },
    buckets: LATENCY,
  },
  skills_publishes_total: {
    type: "counter",
    help: "Publishes and uploads by callers who may publish, and what became of them.",
    labels: {
      outcome: "`created`, `updated`, `unchanged`, `refused`, `failed` (by a fault of the registry)",
    },
  },
  skills_publish_refusals_total: {
    type: "counter",
    help: "Why publishes were refused or failed; one may have several reasons.",
    labels: { code: "of an issue or error in docs/errors.md" },
  },
  skills_search_seconds: {
    type: "histogram",
    help: "Time that the database takes for a search, whichever door it came by.",
    labels: {},
    buckets: LATENCY,
  },
} satisfies Record<string, MetricRule>;

/** What is read when somebody asks; see `Gauge`. */
export const READ_METRICS = {
  skills_http_requests_in_progress: {
    type: "gauge",
    help: "Requests that wait for their answer, or for the rest of it.",
    labels: {},
  },
  skills_cache_requests_total: {
    type: "counter",
    help: "Questions to a cache of the node.",
    labels: { cache: "`packument`, `tarball`", result: "`hit`, `miss`" },
  },
  skills_cache_bytes: {
    type: "gauge",
    help: "Bytes that a cache of the node holds.",
    labels: { cache: "`packument`, `tarball`" },
  },
  skills_cache_failures_total: {
    type: "counter",
    help: "Reads that the store of tarballs did not answer or answered with other bytes, and files of the cache that its disk refused.",
    labels: { cache: "`tarball`", part: "`store`, `disk`" },
  },
  skills_database_connections: {
    type: "gauge",
    help: "Connections to PostgreSQL: all of the node, those without work, and work that waits for one.",
    labels: { pool: "`primary`, `replicas`", state: "`total`, `idle`, `waiting`" },
  },
  skills_queue_running: {
    type: "gauge",
    help: "Pieces of work that are being done; each queue has a fixed number of places.",
    labels: { queue: "`uploads`, `publishes`; with PostgreSQL `searches`" },
  },
  skills_queue_waiting: {
    type: "gauge",
    help: "Pieces of work that wait for a place.",
    labels: { queue: "`uploads`, `publishes`; with PostgreSQL `searches`" },
  },
  skills_pending_counts: {
    type: "gauge",
    help: "Counted downloads and installs, and uses of tokens, that are not written to the database yet.",
    labels: { kind: "`downloads`, `token_uses`" },
  },
  skills_swept_blobs_total: {
    type: "counter",
    help: "Tarballs that no version needs and that were removed.",
    labels: {},
  },
  skills_mirror_age_seconds: {
    type: "gauge",
    help: "Time since a mirrored namespace was last found to be, or made, that of its origin; -1 before the first time.",
    labels: { namespace: "of `skills.upstream`" },
  },
  skills_mirror_behind: {
    type: "gauge",
    help: "Skills of a mirrored namespace that are known to be changed at its origin and are not copied yet.",
    labels: { namespace: "of `skills.upstream`" },
  },
  skills_ready: {
    type: "gauge",
    help: "1 when a part worked at the last question to /-/health/ready, 0 when it did not.",
    labels: { check: "`database`, `migrations`, `blobs`" },
  },
  skills_build_info: {
    type: "gauge",
    help: "Always 1; the labels tell what runs.",
    labels: { version: "of the registry", node: "version of Node.js" },
  },
} satisfies Record<string, MetricRule>;

export type NotedMetric = keyof typeof NOTED_METRICS;
export type ReadMetric = keyof typeof READ_METRICS;

/** The table of docs/operating.md. */
export function metricTableMarkdown(): string {
  const rules: [string, MetricRule][] = Object.entries({ ...NOTED_METRICS, ...READ_METRICS });
  const rows = rules.map(([name, { type, help, labels }]) => {
    const listed = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${values}`);
    return `| \`${name}\` | ${type} | ${help} | ${listed.join("<br>")} |`;
  });
  return ["| metric | type | what it tells | labels |", "|---|---|---|---|", ...rows].join("\n");
}
