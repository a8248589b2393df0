import type { Use } from "../registry/download-clients.ts";
import type { Request } from "./request.ts";

/** The request as one use of a version, for counting. */
export function useOf({ caller, headers }: Request, packageId: number, version: string): Use {
  return { packageId, version, address: caller.address, userAgent: headers["user-agent"] ?? "" };
}
