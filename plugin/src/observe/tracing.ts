import type { TracingConfig } from "../config-observe.ts";
import type { TraceParent } from "./trace-parent.ts";

export interface BegunRequest {
  requestId: string;
  /** Undefined where nobody who is trusted told of one. */
  parent: TraceParent | undefined;
}

/** What a span tells of an answered request; never a header, a body or an address. */
export interface AnsweredRequest {
  method: string;
  /** Pattern of its route; empty where there was none. */
  route: string;
  status: number;
  code?: string;
}

export interface RequestSpan {
  /** Undefined where no trace is. */
  traceId: string | undefined;
  answered(request: AnsweredRequest): void;
}

/** Spans of what is done for a request. Without a collector they are nothing, and cost nothing. */
export interface Tracing {
  /** Whether spans lead anywhere. */
  readonly on: boolean;
  /** Runs the work for a request. Spans that begin in it are below that of the request. */
  request<T>(begun: BegunRequest, work: (span: RequestSpan) => Promise<T>): Promise<T>;
  /** Runs a part of it. What begins outside of a request is no span. */
  span<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Delivers what is left, for a few seconds at most. */
  close(): Promise<void>;
}

export const noTracing: Tracing = {
  on: false,
  request: async (begun, work) => await work({ traceId: begun.parent?.traceId, answered: () => undefined }),
  span: async (_name, work) => await work(),
  close: async () => {},
};

/** Tracing as configured, or as the standard variables of the environment say. Throws for a header's secret that cannot be read. */
export async function openTracing(config: TracingConfig | null, node: string): Promise<Tracing> {
  if (config === null && !isInEnvironment(process.env)) return noTracing;
  // Loaded when it is configured only: it takes a quarter of a second.
  const { openTelemetry } = await import("./open-telemetry.ts");
  return await openTelemetry(config, node);
}

function isInEnvironment(env: NodeJS.ProcessEnv): boolean {
  const endpoint = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ?? env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? "";
  return endpoint !== "" && env["OTEL_SDK_DISABLED"] !== "true" && env["OTEL_TRACES_EXPORTER"] !== "none";
}
