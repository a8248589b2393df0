import type { Readable } from "node:stream";

/** What a handler returns; writing it to the socket happens in send.ts alone. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Body;
}

export type Body =
  | { kind: "none" }
  | { kind: "bytes"; bytes: Buffer }
  | { kind: "stream"; stream: Readable; length: number };

export const JSON_TYPE = "application/json; charset=utf-8";

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return bytes(status, Buffer.from(JSON.stringify(value)), { "content-type": JSON_TYPE, ...headers });
}

export function bytes(status: number, content: Buffer, headers: Record<string, string>): Answer {
  return { status, headers, body: { kind: "bytes", bytes: content } };
}
