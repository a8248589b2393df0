import { authRole } from "./verdaccio/auth.ts";
import type { HostOptions } from "./verdaccio/host.ts";
import { middlewareRole } from "./verdaccio/middleware.ts";
import { sharedFor } from "./verdaccio/sharing.ts";
import { storageRole } from "./verdaccio/storage.ts";

/**
 * The plugin. Verdaccio constructs it three times, as `auth`, `middlewares` and `store`, and uses the methods of that role;
 * all three share one registry. Wiring only: the gate is in http/, the decisions are in registry/.
 */
export default class SkillsPlugin {
  constructor(_section: unknown, options: HostOptions) {
    const shared = sharedFor(options.config);
    Object.assign(this, authRole(shared), middlewareRole(shared, options.logger), storageRole(shared));
  }
}
