import { once } from "node:events";
import { createServer } from "node:http";
import { STARTER } from "./postgres-databases.ts";
import { startPostgres } from "./postgres-server.ts";
import { type DatabaseStock, stockOf } from "./postgres-stock.ts";

/** One PostgreSQL for a whole run, started when the first test asks for a database: `POST /` makes one, `DELETE /?url` gives it back. */
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
  // Workers are started after this, and inherit it.
  process.env[STARTER] = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  return async () => {
    starter.closeAllConnections();
    starter.close();
    await (await stock)?.[Symbol.asyncDispose]();
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
