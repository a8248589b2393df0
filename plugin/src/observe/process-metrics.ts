import { collectDefaultMetrics, Registry } from "prom-client";

/** Of the process, however many registries it holds: what measures the event loop and the garbage collector cannot be ended. */
let ofProcess: Registry | undefined;

/** Memory, processor, event-loop lag and garbage collections of this process, in the text format of Prometheus. Measured from the first call on. */
export async function processMetrics(): Promise<string> {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return await ofProcess.metrics();
}
