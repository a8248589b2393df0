import { requireAgent, type AgentId, type Site } from "../project/agents.ts";
import type { Lock } from "../project/lockfile.ts";
import type { Project } from "../project/project-file.ts";
import { ok, problem, type Finding } from "./finding.ts";

/** Where skills.json and skills.lock do not say the same. A place without skills.json wants what its lock has. */
export function checkDrift(project: Project | undefined, lock: Lock, site: Site): Finding {
  const wished = project === undefined ? [] : [...wishDrift(project, lock, site), ...unwanted(project, lock)];
  const items = [...wished, ...missingDependencies(lock)];
  if (items.length === 0) return ok("drift", "skills.json and skills.lock agree");
  return problem("drift", {
    message: "skills.json and skills.lock do not agree",
    hint: "Run skills install, and commit skills.lock.",
    items,
  });
}

function wishDrift({ skills, agents = [] }: Project, lock: Lock, site: Site): string[] {
  return Object.entries(skills).flatMap(([name, wish]) => {
    const entry = lock[name];
    if (entry === undefined) return [`${name}@${wish.range} is not in skills.lock`];
    const locked = entry.range ?? "others that build on it";
    const differing =
      entry.range === wish.range ? [] : [`${name} is wanted as ${wish.range}, and locked for ${locked}`];
    const missing = knownAgents(wish.agents ?? agents, site).filter((id) => !entry.agents.includes(id));
    return [...differing, ...missing.map((id) => `${name} is wanted for ${id}, and not installed for it`)];
  });
}

/** Their ids; what is no agent at all is another check's business. */
function knownAgents(names: readonly string[], site: Site): AgentId[] {
  return names.flatMap((name) => {
    try {
      return [requireAgent(name, site)];
    } catch {
      return [];
    }
  });
}

function unwanted({ skills }: Project, lock: Lock): string[] {
  const wanted = reachable(Object.keys(skills), lock);
  const others = Object.keys(lock).filter((name) => !wanted.has(name));
  return others.map((name) => `${name} is in skills.lock, and nothing wants it`);
}

function missingDependencies(lock: Lock): string[] {
  return Object.entries(lock).flatMap(([name, { dependencies }]) =>
    Object.keys(dependencies)
      .filter((needed) => !Object.hasOwn(lock, needed))
      .map((needed) => `${needed}, which ${name} builds on, is not in skills.lock`),
  );
}

/** These packages, and all that they build on. */
function reachable(names: string[], lock: Lock): Set<string> {
  const seen = new Set<string>();
  const left = [...names];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    left.push(...Object.keys(lock[name]?.dependencies ?? {}));
  }
  return seen;
}
