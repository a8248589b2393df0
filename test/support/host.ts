import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A site of a third party on loopback, and what it was asked. */
export interface Host extends AsyncDisposable {
  url: string;
  asked: { path: string; headers: IncomingHttpHeaders }[];
}

/** Answers by path: a body, a status without one, or a function that does as it likes; 404 for everything else. */
export type Answers = Record<string, string | Uint8Array | number | ((answer: ServerResponse) => void)>;

export async function startHost(answers: Answers): Promise<Host> {
  const asked: Host["asked"] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/\?.*$/, "");
    asked.push({ path, headers: request.headers });
    const answer = answers[path] ?? answers["*"] ?? 404;
    if (typeof answer === "function") return answer(response);
    if (typeof answer === "number") return void response.writeHead(answer).end();
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
