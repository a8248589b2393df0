import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * How an identity provider misbehaves. `slow` waits longer than anybody should; `late` half a second and then does its work;
 * `huge` sends JSON without an end, `trickle` a byte at a time; `redirect` points to another origin.
 */
export type Fault = "late" | "slow" | "trickle" | "garbage" | "huge" | "html" | "error" | "redirect" | "cut";

/** Faults by path. */
export type Faults = Record<string, Fault>;

/** Longer than the time limit of any test. */
const SLOW_MS = 60_000;
const LATE_MS = 500;
const DROP_MS = 50;
const CHUNK = "x".repeat(65_536);

/** Misbehaves as told; false when the request should be served after all. */
export async function misbehave(fault: Fault | undefined, response: ServerResponse): Promise<boolean> {
  switch (fault) {
    case undefined:
      return false;
    case "late":
      await sleep(LATE_MS);
      return false;
    case "slow":
      await sleep(SLOW_MS, undefined, { ref: false });
      return false;
    case "huge":
      await sendForEver(response);
      return true;
    case "trickle":
      response.writeHead(200, { "content-type": "application/json" });
      await pipeline(drops, response).catch(() => undefined);
      return true;
    case "cut":
      response.socket?.destroy();
      return true;
    default:
      sendWrong(fault, response);
      return true;
  }
}

function sendWrong(fault: "garbage" | "html" | "error" | "redirect", response: ServerResponse): void {
  if (fault === "garbage") response.writeHead(200, { "content-type": "application/json" }).end("{]garbage");
  if (fault === "html") response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>");
  if (fault === "error") response.writeHead(500, { "content-type": "text/plain" }).end("secret details");
  if (fault === "redirect") response.writeHead(302, { location: "https://elsewhere.example.com/" }).end();
}

/** Ends only when the reader goes away. */
async function sendForEver(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" });
  await pipeline(endless, response).catch(() => undefined);
}

function* endless(): Generator<string> {
  yield '{"a":"';
  for (;;) yield CHUNK;
}

async function* drops(): AsyncGenerator<string> {
  for (;;) {
    yield " ";
    await sleep(DROP_MS);
  }
}
