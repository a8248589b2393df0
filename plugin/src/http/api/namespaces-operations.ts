import { memberOperations } from "./namespaces-members.ts";
import { moveOperations } from "./namespaces-moves.ts";
import { settingsOperations } from "./namespaces-settings.ts";
import type { Operation } from "./operation.ts";

/** Namespaces as their owners run them; what everybody sees of one is in namespace.ts. */
export const namespacesOperations: Operation[] = [
  ...settingsOperations,
  ...memberOperations,
  ...moveOperations,
];
