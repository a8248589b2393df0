import type { Answer } from "../answer.ts";

/** Leads on after a form, or to a login; kept by nobody. */
export function seeOther(location: string, headers: Record<string, string> = {}): Answer {
  return {
    status: 303,
    headers: { location, "cache-control": "private, no-store", ...headers },
    body: { kind: "none" },
  };
}
