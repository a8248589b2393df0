import { tokens } from "@skills-registry/schema/basics";
import { settle } from "../files.ts";
import { agentListing, type AgentId } from "../project/agents.ts";
import { count, counted } from "../terminal/format.ts";
import type { World } from "../world.ts";
import { ok, warning, type Finding } from "./finding.ts";
import { listedSkills, shownPath, type Reader, type Sites } from "./readers.ts";

/** What an agent always has in its context because of skills. */
export interface ContextCost {
  agent: AgentId;
  /** The folders that it reads and that have skills. */
  folders: string[];
  skills: number;
  /** Of all names and descriptions. */
  characters: number;
  /** About. */
  tokens: number;
  /** Characters that the agent takes in; null where nobody has said. */
  limit: number | null;
}

export function contextCost(reader: Reader, sites: Sites, env: World["env"]): ContextCost {
  const listed = listedSkills(reader);
  const texts = listed.map(({ name, description }) => name + description);
  return {
    agent: reader.agent,
    folders: reader.shelves
      .filter(({ skills }) => skills.length > 0)
      .map(({ folder }) => shownPath(sites, folder)),
    skills: listed.length,
    characters: texts.reduce((sum, text) => sum + text.length, 0),
    tokens: texts.reduce((sum, text) => sum + tokens(text), 0),
    limit: limitOf(reader.agent, env),
  };
}

function limitOf(agent: AgentId, env: World["env"]): number | null {
  const listing = agentListing(agent);
  if (listing === undefined) return null;
  const said = Number(env[listing.variable]);
  return Number.isSafeInteger(said) && said > 0 ? said : listing.max;
}

/** One line for each agent: where it finds skills, and what they cost it. */
export function checkCost(cost: ContextCost): Finding {
  const { agent, folders, skills, characters, limit } = cost;
  const most = limit === null ? "" : ` of ${count(limit)}`;
  const where = folders.length === 0 ? "no skills" : `${counted(skills, "skill")} in ${folders.join(", ")}`;
  const message = `${agent}: ${where}; ${count(characters)}${most} characters (about ${counted(cost.tokens, "token")})`;
  if (limit === null || characters <= limit) return ok("agents", message);
  return warning("agents", {
    message: `${message}: it cuts descriptions, or leaves them out`,
    hint: `Remove skills that ${agent} does not need, or shorten their descriptions.`,
  });
}

/** Skills of one name in several folders that one agent reads: it takes one of them, and nobody knows which. */
export function checkDuplicates(readers: Reader[], sites: Sites, own: ReadonlySet<string>): Finding[] {
  const found = new Map<string, { name: string; paths: string[]; agents: AgentId[] }>();
  for (const { name, paths, agent } of readers.flatMap((reader) => duplicatesOf(reader, own))) {
    const key = [name, ...paths].join("\n");
    const known = found.get(key);
    if (known === undefined) found.set(key, { name, paths, agents: [agent] });
    else known.agents.push(agent);
  }
  const findings = [...found.values()].map(({ name, paths, agents }) => {
    const shown = paths.map((path) => shownPath(sites, path));
    return warning("duplicates", {
      message: `${agents.join(", ")}: there are ${paths.length} skills called ${name}: ${shown.join(", ")}`,
      hint: "Remove or rename the one that skills did not install, or install ours with --as.",
    });
  });
  return findings.length > 0 ? findings : [ok("duplicates", "every skill has a name of its own")];
}

interface Duplicate {
  agent: AgentId;
  name: string;
  paths: string[];
}

/** Those that we placed all by ourselves, one in the project and one in the home, are meant to be. */
function duplicatesOf({ agent, shelves }: Reader, own: ReadonlySet<string>): Duplicate[] {
  const named = Map.groupBy(
    shelves.flatMap((shelf) => shelf.skills),
    ({ name }) => name,
  );
  return [...named].flatMap(([name, skills]) => {
    const each = [...new Map(skills.map((skill) => [skill.real, skill])).values()];
    if (each.length < 2 || each.every(({ real }) => own.has(real))) return [];
    return [{ agent, name, paths: each.map(({ path }) => path) }];
  });
}

/** Links in agents' folders that lead nowhere, but for those that are ours: those are reported with our skills. */
export async function checkLinks(
  readers: Reader[],
  sites: Sites,
  own: ReadonlySet<string>,
): Promise<Finding> {
  const broken = new Set(readers.flatMap(({ shelves }) => shelves.flatMap((shelf) => shelf.broken)));
  const real = await Promise.all([...broken].map(async (path) => ({ path, real: await settle(path) })));
  const items = real.filter((link) => !own.has(link.real)).map(({ path }) => shownPath(sites, path));
  if (items.length === 0) return ok("links", "no link of others leads nowhere");
  return warning("links", {
    message: `${counted(items.length, "link")} that skills did not make, in folders of agents, leading nowhere`,
    hint: "Delete what nobody needs.",
    items,
  });
}
