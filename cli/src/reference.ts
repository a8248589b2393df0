import { loadCommands } from "./commands/index.ts";
import type { Command } from "./command.ts";
import { optionRows, positionalRows, usage, type Row } from "./help.ts";
import { AGENTS, CANONICAL_FOLDER } from "./project/agents.ts";
import type { Agent } from "./project/agents-table.ts";

const commands = await loadCommands();

/** docs/cli.md: one section per command, from the same data that parses and explains it. */
export function commandReferenceMarkdown(): string {
  const common = Object.values(commands)[0]?.commonOptions ?? {};
  return [
    "# The skills command",
    "",
    "Generated from the table of commands (`npm run docs`). Results go to stdout, progress and warnings to stderr.",
    "Exit codes: 0 done, 1 failed, 2 called wrongly, 130 interrupted.",
    "",
    "Every command takes:",
    "",
    ...markdownList(optionRows(common)),
    ...Object.entries(commands).flatMap(([name, command]) => markdownSection(name, command)),
    "",
    ...agentSection(),
    "",
  ].join("\n");
}

function markdownSection(name: string, command: Command): string[] {
  const rows = [...positionalRows(command), ...optionRows(command.options)];
  return [
    "",
    `## skills ${name}`,
    "",
    "```sh",
    usage(name, command),
    "```",
    "",
    command.description,
    ...(rows.length === 0 ? [] : ["", ...markdownList(rows)]),
    ...(command.examples.length === 0 ? [] : ["", "```sh", ...command.examples, "```"]),
  ];
}

function markdownList(rows: Row[]): string[] {
  return rows.map(([term, text]) => `- \`${term}\`: ${text}`);
}

/** Every agent of `--agent`, from the table that installs for it. */
function agentSection(): string[] {
  return [
    "## Agents",
    "",
    `What \`--agent\` takes. Every skill has its one true copy in \`${CANONICAL_FOLDER}\`; an agent with another folder gets links to it, agents that share one get one link. With \`--global\` the folders of the home are used; a variable, when set, stands for the part of them that the column names. Another folder for an agent, or an agent that is not listed, is an entry under \`folders\` in skills.json: its id, and its skills folder below the project's root.`,
    "",
    "| `--agent` | agent | folder in a project | folder in the home | variable |",
    "|---|---|---|---|---|",
    ...Object.entries(AGENTS).map(([id, agent]) => agentRow(id, agent)),
  ];
}

function agentRow(id: string, { title, project, home, variable, aliases = [] }: Agent): string {
  const ids = [id, ...aliases].map((one) => `\`${one}\``).join(", ");
  const inHome = home === undefined ? "none" : `\`~/${home}\``;
  const moved = variable === undefined ? "" : `\`${variable.name}\` for \`~/${variable.standsFor}\``;
  return `| ${ids} | ${title} | \`${project}\` | ${inHome} | ${moved} |`;
}
