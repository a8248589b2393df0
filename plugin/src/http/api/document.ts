import { createHash } from "node:crypto";
import { type Answer, bytes, JSON_TYPE } from "../answer.ts";

/** A JSON document that clients may keep and ask for again: with the etag of what they have, the answer is 304. */
export function document(value: unknown, headers: Record<string, string> = {}): Answer {
  const content = Buffer.from(JSON.stringify(value));
  return bytes(200, content, {
    "content-type": JSON_TYPE,
    "cache-control": "no-cache",
    etag: `"${createHash("sha256").update(content).digest("base64url")}"`,
    ...headers,
  });
}
