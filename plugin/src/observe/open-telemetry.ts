import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import type { TracingConfig } from "../config-observe.ts";
import { readSecret } from "../read-secret.ts";
import type { TraceParent } from "./trace-parent.ts";
import type { AnsweredRequest, Tracing } from "./tracing.ts";

/** How long a collector may take for a batch. Requests never wait for one; spans that find the queue full are dropped. */
const EXPORT_MS = 5_000;
/** How long a node that stops waits for its collector. */
const CLOSE_MS = 3_000;

/** Spans by OTLP over HTTP, in batches; `config` null takes everything from the environment. */
export async function openTelemetry(config: TracingConfig | null, node: string): Promise<Tracing> {
  const provider = await openProvider(config, node);
  const tracer = provider.getTracer("skills-registry");
  const current = new AsyncLocalStorage<Context>();
  return {
    on: true,
    async request({ requestId, parent }, work) {
      const attributes = { "skills.request_id": requestId };
      const span = tracer.startSpan("request", { kind: SpanKind.SERVER, attributes }, contextOf(parent));
      const { traceId } = span.spanContext();
      try {
        return await current.run(trace.setSpan(ROOT_CONTEXT, span), async () => {
          return await work({ traceId, answered: (request) => describe(span, request) });
        });
      } finally {
        span.end();
      }
    },
    async span(name, work) {
      const above = current.getStore();
      if (above === undefined) return await work();
      const span = tracer.startSpan(name, {}, above);
      try {
        return await current.run(trace.setSpan(above, span), work);
      } catch (error) {
        // No message: it may quote what must not leave the registry.
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

async function openProvider(config: TracingConfig | null, node: string): Promise<BasicTracerProvider> {
  const own = resourceFromAttributes({ "service.name": "skills-registry", "service.instance.id": node });
  const resource = own.merge(detectResources({ detectors: [envDetector] }));
  const processor = (exporter: OTLPTraceExporter): BatchSpanProcessor =>
    new BatchSpanProcessor(exporter, { exportTimeoutMillis: EXPORT_MS });
  if (config === null) {
    const spanProcessors = [processor(new OTLPTraceExporter())];
    return new BasicTracerProvider({ resource, spanProcessors });
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(config.headers)) {
    headers[name] = await readSecret(`skills.tracing.headers.${name}`, value);
  }
  const exporter = new OTLPTraceExporter({ url: config.endpoint, headers, timeoutMillis: EXPORT_MS });
  const root = new TraceIdRatioBasedSampler(config.sampleRatio);
  const sampler = new ParentBasedSampler({ root });
  return new BasicTracerProvider({ resource, sampler, spanProcessors: [processor(exporter)] });
}

function contextOf(parent: TraceParent | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

function describe(span: Span, { method, route, status, code }: AnsweredRequest): void {
  if (route !== "") span.updateName(`${method} ${route}`);
  span.setAttributes({
    "http.request.method": method,
    "http.response.status_code": status,
    ...(route === "" ? {} : { "http.route": route }),
    ...(code === undefined ? {} : { "error.type": code }),
  });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
}
