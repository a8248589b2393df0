/** The place of a request in a trace that began before it came to us. */
export interface TraceParent {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits. */
  spanId: string;
  /** The trace is recorded. */
  sampled: boolean;
}

const TRACE_PARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;
/** Ids of zeros stand for none. */
const NONE = /^0+$/;
const SAMPLED = 1;

/** Reads the header `traceparent` (W3C Trace Context); undefined for everything that is not well formed. */
export function parseTraceParent(header: string | string[] | undefined): TraceParent | undefined {
  if (typeof header !== "string") return undefined;
  const [, traceId = "", spanId = "", flags = ""] = TRACE_PARENT.exec(header) ?? [];
  if (NONE.test(traceId) || NONE.test(spanId) || flags === "") return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}
