import { type Answer, json } from "../answer.ts";
import type { Services } from "../services.ts";
import type { Health } from "../../observe/readiness.ts";

/** The next probe wants to know it anew. */
const HEADERS = { "cache-control": "no-store" };

/** `GET /-/health/live`: the process answers. No store is asked: starting the node again would not bring one back. */
export async function live(): Promise<Answer> {
  const health: Health = { status: "ok", checks: {} };
  return json(200, health, HEADERS);
}

/** `GET /-/health/ready`: whether requests should be sent to this node. */
export async function ready({ observer }: Services): Promise<Answer> {
  const health = await observer.readiness.check();
  return json(health.status === "ok" ? 200 : 503, health, HEADERS);
}
