import type { Route } from "../route.ts";
import { operations } from "./operations.ts";
import { referencePage } from "./reference-page.ts";

/** The REST API under `/api`. `/api/v1/` and `/api/search` belong to the protocols of other clients. */
export const apiRoutes: Route[] = [
  ...operations.map(({ route }) => route),
  {
    door: "web",
    method: "GET",
    path: "/api",
    summary: "The REST API, for people to read.",
    needs: () => ({ action: "public" }),
    handle: async (_services, request) => referencePage(operations, request),
  },
];
