import type { AgentId } from "../project/agents.ts";
import type { Lock, LockedPackage } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";

/** How the skills of a package are to be placed. */
export interface Placement {
  place: Place;
  lock: Lock;
  agents: AgentId[];
  mode: LockedPackage["mode"];
  /** What may be overwritten: nothing that people wrote, or local edits as well. */
  overwrite: "nothing" | "edits";
}
