import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { STARTER } from "./postgres-databases.ts";
import { startPostgres } from "./postgres-server.ts";
import { type DatabaseStock, stockOf } from "./postgres-stock.ts";
import { BUCKETS } from "./s3-server.ts";

/**
 * One PostgreSQL for a whole run, started when the first test asks for a database: `POST /` makes one, `DELETE /?url` gives it back; and a
 * folder for buckets, some of which are in use until the end.
 */
export default async function setUpPostgres(): Promise<() => Promise<void>> {
  let stock: Promise<DatabaseStock> | undefined;
  const starter = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://127.0.0.1");
      try {
        const { make, makeEmpty, giveBack } = await (stock ??= startStock());
        if (request.method === "DELETE") await giveBack(searchParams.get("url") ?? "");
        response.end(request.method === "POST" ? await (pathname === "/empty" ? makeEmpty : make)() : "");
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    })();
  });
  starter.listen(0, "127.0.0.1");
  await once(starter, "listening");
  const address = starter.address();
  const buckets = await mkdtemp(path.join(os.tmpdir(), "skills-buckets-"));
  // Workers are started after this, and inherit it.
  process.env[BUCKETS] = buckets;
  process.env[STARTER] = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  return async () => {
    starter.closeAllConnections();
    starter.close();
    await (await stock)?.[Symbol.asyncDispose]();
    await rm(buckets, { recursive: true, force: true });
  };
}

async function startStock(): Promise<DatabaseStock> {
  const server = await startPostgres();
  try {
    return await stockOf(server);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}
