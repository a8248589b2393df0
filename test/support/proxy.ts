import { createServer } from "node:http";
import type { TestRegistry } from "./registry.ts";

export interface Proxy extends AsyncDisposable {
  url: string;
}

export interface Tampering {
  /** Addresses that the registry does not have: `/api/` makes one that speaks only npm's protocol. */
  absent?: string;
  /** Changes the text of JSON answers. */
  json?: (text: string) => string;
  /** Changes the bytes of tarballs. */
  tarball?: (bytes: Buffer) => Buffer;
  /** Waits before each tarball. */
  hold?: () => Promise<void>;
}

/** Stands before a registry and changes its answers on the way, as a hostile mirror would. */
export async function startProxy(registry: TestRegistry, tampering: Tampering): Promise<Proxy> {
  const { absent, json, tarball, hold } = tampering;
  const proxy = { url: "" };
  const server = createServer((request, response) => {
    if (absent !== undefined && request.url?.startsWith(absent) === true) {
      response.writeHead(404, { "content-type": "application/json" });
      response.end("{}");
      return;
    }
    void (async () => {
      const answer = await registry.fetch(request.url ?? "/");
      const bytes = Buffer.from(await answer.arrayBuffer());
      const type = answer.headers.get("content-type") ?? "";
      const isJson = type.includes("json");
      if (!isJson) await hold?.();
      response.writeHead(answer.status, { "content-type": type });
      // Tarballs are fetched from here too.
      const text = bytes.toString().replaceAll(registry.url, proxy.url);
      response.end(isJson ? (json?.(text) ?? text) : (tarball?.(bytes) ?? bytes));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  proxy.url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return {
    url: proxy.url,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
