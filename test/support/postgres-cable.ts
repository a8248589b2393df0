import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What becomes of a piece that was sent to the server: by default it is passed on. `lost`: the connection breaks before it arrives. */
export type Fate = "lost" | "unanswered" | undefined;

export interface Cable extends AsyncDisposable {
  port: number;
  /** Looked at for each piece that a client sends. `unanswered`: the server gets it, and the connection breaks before the answer. */
  watch(fate: (sent: string) => Fate): void;
}

/** A cable to a server of loopback which breaks where a test wants it to. */
export async function startCable(port: number): Promise<Cable> {
  let fateOf: (sent: string) => Fate = () => undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const onward = connect(port, "127.0.0.1");
    const end = (): void => {
      client.destroy();
      onward.destroy();
    };
    for (const socket of [client, onward]) {
      sockets.add(socket);
      socket.on("error", end).on("close", end);
    }
    onward.pipe(client);
    client.on("data", (piece: Buffer) => {
      const fate = fateOf(piece.toString("latin1"));
      if (fate === "lost") end();
      else if (fate === "unanswered") passOnUnanswered(piece, onward, end);
      else onward.write(piece);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    watch: (fate) => void (fateOf = fate),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function passOnUnanswered(piece: Buffer, onward: Socket, end: () => void): void {
  onward.unpipe();
  // The first byte of the answer says that the server has done it.
  onward.once("data", end).resume();
  onward.write(piece);
}
