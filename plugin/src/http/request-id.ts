import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What proxies make: UUIDs, 32 hex digits, and the like. Nothing that could stand for more than itself in a log. */
const WELL_FORMED = /^[\w-]{8,64}$/;

/** Travels with the message under the name by which the host's logger prints it. */
const PROPERTY = "id";

/** Whether the other end of a connection, by its address, is a proxy that is believed: `server.trustProxy`. */
export type Trusts = (address: string) => boolean;

/**
 * The id of a request, the same from its first log line to its answer. That of a trusted proxy is taken over; anybody else could
 * give one id to many requests, so that no log could tell them apart.
 */
export function requestIdOf(message: IncomingMessage, trusts: Trusts): string {
  const known: unknown = Reflect.get(message, PROPERTY);
  if (typeof known === "string") return known;
  const given = isTrusted(message, trusts) ? message.headers["x-request-id"] : undefined;
  const id = typeof given === "string" && WELL_FORMED.test(given) ? given : randomUUID();
  Reflect.set(message, PROPERTY, id);
  return id;
}

export function isTrusted({ socket }: IncomingMessage, trusts: Trusts): boolean {
  return socket.remoteAddress !== undefined && trusts(socket.remoteAddress);
}
