import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { gate } from "../../plugin/src/http/gate.ts";
import { openDomain } from "./publishing.ts";

export interface Gated extends AsyncDisposable {
  url: string;
}

/** The gate over real stores, without the host: its modules are those of the test, which can look at the table of routes. */
export async function startGate(): Promise<Gated> {
  const dir = await mkdtemp(path.join(os.tmpdir(), "skills-gate-"));
  const registry = await openDomain(dir);
  const server = createServer((message, response) => {
    const url = message.url ?? "";
    const host = {
      message,
      url,
      body: {},
      address: "127.0.0.1",
      protocol: "http",
      requestId: "gate-test",
      trusted: false,
    };
    void gate(registry.services, host, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await registry.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
