import type { Caller } from "../../registry/caller.ts";
import { isDirect } from "../authenticate.ts";
import type { Request } from "../request.ts";

const THIS_MACHINE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The caller of a form, local where a browser on this machine sent it from a page of ours. A name that somebody else points to this
 * machine, for a page of theirs to count as ours, is none of the machine's own.
 */
export function formCaller({ caller, headers, baseUrl }: Request): Caller {
  const { origin, hostname } = new URL(baseUrl);
  const isOurs = headers.origin === origin && THIS_MACHINE.test(hostname);
  return isOurs && isDirect(headers, caller.address) ? { ...caller, local: true } : caller;
}
