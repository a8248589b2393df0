import type { Permission } from "../../registry/authorize.ts";
import type { Route } from "../route.ts";
import { live, ready } from "./health.ts";
import { metrics } from "./metrics.ts";

const anybody = (): Permission => ({ action: "public" });

/** For the machines that watch the registry. No account is behind their requests, and no store is asked who is. */
export const healthRoutes: Route[] = [
  {
    door: "probe",
    method: "GET",
    path: "/-/health/live",
    ignoresToken: true,
    summary: "Whether the process answers: `{ status, checks }`.",
    needs: anybody,
    handle: live,
  },
  {
    door: "probe",
    method: "GET",
    path: "/-/health/ready",
    ignoresToken: true,
    summary:
      "Whether requests should be sent to this node, with 200 or 503: `status` is `ok`, `failed` or `draining`, each of `checks` `ok` or `failed`.",
    needs: anybody,
    handle: ready,
  },
  {
    door: "probe",
    method: "GET",
    path: "/-/metrics",
    ignoresToken: true,
    summary: "Metrics for Prometheus, for those whom `skills.metrics` lets read them.",
    needs: anybody,
    handle: metrics,
  },
];
