import { Counter, Gauge as PrometheusGauge, Histogram, Registry } from "prom-client";
import type { Gauge } from "./gauges.ts";
import { type MetricRule, NOTED_METRICS, type NotedMetric, READ_METRICS } from "./metric-table.ts";
import type { Metrics, PublishOutcome } from "./metrics.ts";
import { processMetrics } from "./process-metrics.ts";
import type { AnsweredRequest } from "./tracing.ts";

export interface MetricsText {
  contentType: string;
  text: string;
}

/** What `Metrics` notes, with the library at hand. */
export interface Recorder extends Pick<Metrics, "publish" | "search" | "text"> {
  request(answered: AnsweredRequest, seconds: number): void;
}

const OUTCOMES: PublishOutcome[] = ["created", "updated", "unchanged", "refused", "failed"];

/** Methods that have a series of their own: a client may send any word. */
const METHODS = new Set(["GET", "HEAD", "PUT", "POST", "DELETE"]);

/** Keeps the numbers of one registry in a registry of the library of its own: nothing here is global. */
export function recorderOf(gauges: Gauge[]): Recorder {
  const registry = new Registry();
  const requests = histogram(registry, "skills_http_request_seconds");
  const publishes = counter(registry, "skills_publishes_total");
  const refusals = counter(registry, "skills_publish_refusals_total");
  const searches = histogram(registry, "skills_search_seconds");
  // What is not there at 0 does not grow, for whoever looks at rates.
  for (const outcome of OUTCOMES) publishes.inc({ outcome }, 0);
  for (const same of Map.groupBy(gauges, ({ name }) => name).values()) addRead(registry, same);
  return {
    request({ route, method, status }, seconds) {
      const named = METHODS.has(method) ? method : "other";
      requests.observe({ route: route || "none", method: named, status: classOf(status) }, seconds);
    },
    publish(outcome, codes) {
      publishes.inc({ outcome });
      for (const code of new Set(codes)) refusals.inc({ code });
    },
    search: (seconds) => searches.observe(seconds),
    text: async () => ({
      contentType: registry.contentType,
      text: `${await registry.metrics()}${await processMetrics()}`,
    }),
  };
}

/** `2xx` of 204. */
function classOf(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}

function histogram(registry: Registry, name: NotedMetric): Histogram {
  const { help, labels, buckets = [] }: MetricRule = NOTED_METRICS[name];
  return new Histogram({ name, help, labelNames: Object.keys(labels), buckets, registers: [registry] });
}

function counter(registry: Registry, name: NotedMetric): Counter {
  const { help, labels }: MetricRule = NOTED_METRICS[name];
  return new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] });
}

/** All gauges of one name; they are read at each scrape. */
function addRead(registry: Registry, gauges: Gauge[]): void {
  const [first] = gauges;
  if (first === undefined) return;
  const { name } = first;
  const { type, help, labels }: MetricRule = READ_METRICS[name];
  const shape = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  if (type === "gauge") {
    const gauge = new PrometheusGauge({
      ...shape,
      collect: () => readInto((of, value) => gauge.set(of, value)),
    });
  } else {
    const total = new Counter({
      ...shape,
      collect() {
        // The library's counters can only be added to.
        total.reset();
        readInto((of, value) => total.inc(of, value));
      },
    });
  }

  function readInto(set: (labels: Record<string, string>, value: number) => void): void {
    for (const { labels: of = {}, read } of gauges) set(of, read());
  }
}
