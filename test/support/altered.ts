import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { Front } from "./front.ts";

/** Lets a front answer one path with another document than the registry behind it has. */
export function alter(front: Front, path: string, document: () => Promise<unknown>): void {
  front.answer = (request, response) => {
    if (request.url?.split("?")[0] !== path) return false;
    void answerWith(response, document);
    return true;
  };
}

async function answerWith(response: ServerResponse, document: () => Promise<unknown>): Promise<void> {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(await document()));
}

/** A server that counts its visitors, with the headers that they brought. */
export interface Trap extends AsyncDisposable {
  url: string;
  visits: IncomingMessage["headers"][];
}

export async function startTrap(): Promise<Trap> {
  const visits: Trap["visits"] = [];
  const server = createServer((request, response) => {
    visits.push(request.headers);
    response.end("trapped");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    visits,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
