import { apiRoutes } from "./api/routes.ts";
import { healthRoutes } from "./health/routes.ts";
import { npmRoutes } from "./npm/routes.ts";
import type { Route } from "./route.ts";
import { webRoutes } from "./web/routes.ts";

/** Every address the registry answers. What is not here does not exist, whatever the host would do with it. */
export const routes: Route[] = [...npmRoutes, ...healthRoutes, ...apiRoutes, ...webRoutes];
