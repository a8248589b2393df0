import path from "node:path";
import { z } from "zod";
import { skillsSection, toConfig } from "../config.ts";
import { openRegistry, type Registry } from "../open.ts";
import type { Role } from "./host.ts";

/** One registry behind the three instances of the plugin that the host makes. */
export interface Shared {
  registry: Promise<Registry>;
  /** Roles that the host has really put to use. */
  roles: Set<Role>;
}

/** What `skills-registry` hands over inside the configuration, having opened the registry itself. */
export interface Handover {
  handover: () => Shared;
}

const hostConfig = z.object({
  configPath: z.string(),
  storage: z.undefined({ error: "the host's own storage must not be configured beside the skills store" }),
  skills: z.unknown(),
});

const handedOver = z.object({
  handover: z.custom<Handover["handover"]>((value) => typeof value === "function"),
});

/** The host gives its three plugin instances the same configuration object, and drops it with them. */
const opened = new WeakMap<object, Shared>();

/** The registry for a configuration of the host: handed over, opened before, or opened now. Throws for a wrong configuration. */
export function sharedFor(config: object): Shared {
  const known = opened.get(config);
  if (known !== undefined) return known;
  const shared = open(config);
  opened.set(config, shared);
  return shared;
}

function open(config: object): Shared {
  const { skills, configPath } = hostConfig.parse(config);
  const given = handedOver.safeParse(skills);
  if (given.success) return given.data.handover();
  const section = skillsSection.parse(skills ?? {});
  const registry = openRegistry(toConfig(section, (data) => path.resolve(path.dirname(configPath), data)));
  // The storage role awaits the same promise at start and refuses; until then it must not count as unhandled.
  registry.catch(() => undefined);
  return { registry, roles: new Set() };
}
