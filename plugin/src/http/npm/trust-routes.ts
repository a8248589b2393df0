import type { Permission } from "../../registry/authorize.ts";
import type { PackageRequest } from "../request.ts";
import { packageRoute, type Route } from "../route.ts";
import { exchangeToken } from "./trust-exchange.ts";
import { createTrust, readTrusts, revokeTrust } from "./trust.ts";

const administer = ({ name }: PackageRequest): Permission => ({ action: "administer", package: name.full });

/** Trusted publishing: `npm trust`, and the exchange of ID tokens for tokens of ours. */
export const trustRoutes: Route[] = [
  packageRoute({
    door: "npm",
    method: "POST",
    path: "/-/npm/v1/oidc/token/exchange/package/:package",
    summary:
      "Trusted publishing: the ID token of a run of CI for a token that publishes this skill, for ten minutes.",
    ignoresToken: true,
    needs: () => ({ action: "public" }),
    handle: exchangeToken,
  }),
  packageRoute({
    door: "npm",
    method: "GET",
    path: "/-/package/:package/trust",
    summary: "`npm trust list`.",
    needs: administer,
    handle: readTrusts,
  }),
  packageRoute({
    door: "npm",
    method: "POST",
    path: "/-/package/:package/trust",
    summary: "`npm trust github`, `npm trust gitlab`.",
    needs: administer,
    handle: createTrust,
  }),
  packageRoute({
    door: "npm",
    method: "DELETE",
    path: "/-/package/:package/trust/:trust",
    summary: "`npm trust revoke`.",
    needs: administer,
    handle: revokeTrust,
  }),
];
