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
  /** Absent for what no request did. */
  method?: string;
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
    add({ requestId, method, route: path, code = "", error }, at) {
      const route = method === undefined ? path : `${method} ${path}`;
      const cause = error?.cause instanceof Error ? error.cause.message : "";
      faults.unshift({ at: at.toISOString(), requestId, route, code, message: cause });
      faults.length = Math.min(faults.length, KEPT);
    },
    list: () => [...faults],
  };
}
