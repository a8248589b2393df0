import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What a collector is sent, as far as tests look at it. */
interface Otlp {
  resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[];
}

interface SentSpan extends Omit<CollectedSpan, "attributes"> {
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: Record<string, string | number | undefined>;
}

export interface Collector extends AsyncDisposable {
  url: string;
  /** In the order in which they ended. */
  spans: CollectedSpan[];
  /** Of the last batch. */
  headers: IncomingHttpHeaders;
}

/** A collector of traces: somebody else's server. It answers with this status, or never. */
export async function startCollector(answer: number | "never" = 200): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const headers: IncomingHttpHeaders = {};
  const server = createServer((message, response) => {
    if (answer === "never") return;
    Object.assign(headers, message.headers);
    void text(message).then((body) => {
      if (answer === 200) spans.push(...spansOf(body));
      response.writeHead(answer, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    spans,
    headers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function spansOf(body: string): CollectedSpan[] {
  const { resourceSpans }: Otlp = JSON.parse(body);
  const found = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  return found.map((span) => ({
    ...span,
    attributes: Object.fromEntries(
      span.attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
    ),
  }));
}
