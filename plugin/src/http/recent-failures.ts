/** The last faults of ours, for the operator's page. They are in the log as well, with their causes. */

/** Faults kept; older ones are in the log only. */
const KEPT = 50;

export interface Fault {
  at: string;
  requestId: string;
  /** `GET /:package`. */
  route: string;
  code: string;
  message: string;
}

interface Failed {
  requestId: string;
  route: string;
  code?: string;
  error?: Error;
}

export interface RecentFailures {
  add(failed: Failed, at: Date): void;
  /** Newest first. */
  list(): Fault[];
}

export function recentFailures(): RecentFailures {
  const faults: Fault[] = [];
  return {
    add({ requestId, route, code = "", error }, at) {
      const cause = error?.cause instanceof Error ? error.cause.message : "";
      faults.unshift({ at: at.toISOString(), requestId, route, code, message: cause });
      faults.length = Math.min(faults.length, KEPT);
    },
    list: () => [...faults],
  };
}
