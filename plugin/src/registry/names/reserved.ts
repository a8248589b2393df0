import { skeleton } from "./skeleton.ts";

/**
 * Names that only operators give away: whoever had one would be taken for the registry, for whoever runs it, or for the maker of
 * something that everybody here works with. The configuration and the operators add to them.
 */
const RESERVED = [
  // The registry, and those who speak for it.
  "admin administrator moderator official operator registry root security skill skills staff support system team verified",
  // Tools and formats.
  "agentskills mcp node nodejs npm npmjs verdaccio",
  // Makers of agents and models, and where code and identities come from.
  "amazon anthropic apple aws bitbucket chatgpt claude claude-code codex copilot cursor deepmind gemini github gitlab",
  "google meta microsoft mistral nvidia openai xai",
].flatMap((names) => names.split(" "));

const SKELETONS = new Set(RESERVED.map(skeleton));

/** Whether a name is reserved, or cannot be told from one that is. `more` are names of the configuration and of the operators. */
export function isReserved(name: string, more: string[]): boolean {
  const wanted = skeleton(name);
  return SKELETONS.has(wanted) || more.some((reserved) => skeleton(reserved) === wanted);
}
