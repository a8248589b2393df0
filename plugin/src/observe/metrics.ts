import type { Gauge } from "./gauges.ts";
import type { MetricsText, Recorder } from "./prometheus.ts";
import type { AnsweredRequest } from "./tracing.ts";

export type PublishOutcome = "created" | "updated" | "unchanged" | "refused" | "failed";

/** What the registry notes about itself for `/-/metrics`. */
export interface Metrics {
  /** A request begins; it is counted when the function is called that this returns, which tells how many seconds it took. */
  begin(): (answered: AnsweredRequest) => number;
  /** `codes` say why it was refused, or failed. */
  publish(outcome: PublishOutcome, codes: string[]): void;
  search(seconds: number): void;
  /** Loads what is behind it, which takes some tens of milliseconds; without it the first scrape does. */
  load(): Promise<void>;
  /** Everything there is to read, in the text format of Prometheus. */
  text(): Promise<MetricsText>;
}

/** What is noted before the library is loaded waits for it; beyond that it is not counted. Some 2 MB. */
const EARLY_MAX = 20_000;

/** Notes from now on. The library is not loaded before `load`: commands and short-lived processes need none. */
export function openMetrics(gauges: Gauge[]): Metrics {
  const early: ((recorder: Recorder) => void)[] = [];
  let inProgress = 0;
  let recorder: Recorder | undefined;
  let loading: Promise<Recorder> | undefined;

  async function start(): Promise<Recorder> {
    const { recorderOf } = await import("./prometheus.ts");
    const started = recorderOf([
      ...gauges,
      { name: "skills_http_requests_in_progress", read: () => inProgress },
    ]);
    for (const note of early.splice(0)) note(started);
    recorder = started;
    return started;
  }

  function note(work: (recorder: Recorder) => void): void {
    if (recorder !== undefined) work(recorder);
    else if (early.length < EARLY_MAX) early.push(work);
  }

  return {
    begin() {
      const begun = performance.now();
      inProgress += 1;
      return (answered) => {
        const seconds = (performance.now() - begun) / 1000;
        inProgress -= 1;
        note((to) => to.request(answered, seconds));
        return seconds;
      };
    },
    publish: (outcome, codes) => note((to) => to.publish(outcome, codes)),
    search: (seconds) => note((to) => to.search(seconds)),
    load: async () => void (await (loading ??= start())),
    text: async () => await (await (loading ??= start())).text(),
  };
}
