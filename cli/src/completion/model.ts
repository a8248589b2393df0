import { ALIASES, COMMANDS, loadCommands } from "../commands/index.ts";
import type { Command, OptionSpec } from "../command.ts";
import { AGENTS } from "../project/agents-table.ts";

/** What a shell needs to know of a command. */
export interface CompletedCommand {
  /** Its name, and the other words for it. */
  names: string[];
  summary: string;
  options: CompletedOption[];
  /** What its arguments can be: words, skills that are installed, or files where it is neither. */
  argument: readonly string[] | "installed" | "files";
}

export interface CompletedOption {
  name: string;
  short: string | undefined;
  description: string;
  /** False for an option without a value; else what there is to choose from, if that is known. */
  value: false | readonly string[];
  repeatable: boolean;
}

/** Commands whose arguments are skills of skills.lock. */
const OF_INSTALLED: ReadonlySet<string> = new Set(["remove", "update", "outdated", "verify", "why", "diff"]);

/** The table of commands as completion sees it. */
export async function completedCommands(): Promise<CompletedCommand[]> {
  const summaries: Record<string, { summary: string }> = COMMANDS;
  return Object.entries(await loadCommands()).map(([name, command]) => ({
    names: [name, ...aliasesOf(name)],
    summary: summaries[name]?.summary ?? "",
    options: Object.entries({ ...command.options, ...command.commonOptions }).map(([option, spec]) =>
      completedOption(option, spec),
    ),
    argument: argumentOf(name, command),
  }));
}

function aliasesOf(name: string): string[] {
  return Object.entries(ALIASES).flatMap(([alias, [target]]) => (target === name ? [alias] : []));
}

function completedOption(name: string, spec: OptionSpec): CompletedOption {
  const { short, description, multiple: repeatable = false } = spec;
  // Which agents there are is checked when skills.json was read, so the option itself lists none.
  const choices = name === "agent" ? Object.keys(AGENTS) : (spec.choices ?? []);
  return { name, short, description, value: spec.type === "string" && choices, repeatable };
}

function argumentOf(name: string, { positional }: Command): CompletedCommand["argument"] {
  if (positional?.choices !== undefined) return positional.choices;
  return OF_INSTALLED.has(name) ? "installed" : "files";
}

export function flagsOf({ name, short }: CompletedOption): string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
}
