import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";

const INDENT = 34;

/** What `--help` prints: of one command, or of all. */
export function helpText(command: Command | undefined): string {
  return command === undefined ? allHelp() : commandHelp(command);
}

function allHelp(): string {
  return `Usage: skills-registry [command] [options]

Starts a skills registry, or runs a command on the data of one; a registry that runs on them may go on.

Commands:
${COMMANDS.map(({ usage, summary }) => row(usage, summary)).join("\n")}

Options:
${row("--config <file>", "configuration; see config.yaml for every key and its default")}
${row("--data <folder>", "folder of the database and the tarballs (default ./data)")}
${row("--port <number>", "port to listen on, 0 for any free one (default 4873)")}
${row("--json", "one JSON document instead of text, for commands")}
${row("--version", "print the version")}
${row("--help", "print this help, or that of a command")}
`;
}

function commandHelp(command: Command): string {
  const own = optionRows(command).map(([option, summary]) => row(option, summary));
  return `Usage: skills-registry ${usageLine(command)}

${command.summary}

Options:
${[...own, row("--config, --data, --json", "as of every command: skills-registry --help")].join("\n")}
`;
}

function usageLine({ usage, options = {} }: Command): string {
  const shown = Object.entries(options).map(([name, { value, required }]) => {
    const text = value === undefined ? `--${name}` : `--${name} <${value}>`;
    return required === true ? text : `[${text}]`;
  });
  return [usage, ...shown].join(" ");
}

function optionRows({ options = {} }: Command): [option: string, summary: string][] {
  return Object.entries(options).map(([name, { value, summary }]) => [
    value === undefined ? `--${name}` : `--${name} <${value}>`,
    summary,
  ]);
}

function row(name: string, text: string): string {
  return name.length < INDENT
    ? `  ${name.padEnd(INDENT)}${text}`
    : `  ${name}\n  ${" ".repeat(INDENT)}${text}`;
}

/** The table of docs/operating.md. */
export function commandTableMarkdown(): string {
  const rows = COMMANDS.map((command) => {
    const options = optionRows(command).map(([option, summary]) => ` \`${option}\`: ${summary}.`);
    return `| \`${usageLine(command)}\` | ${command.summary}${options.join("")} |`;
  });
  return ["| command | what it does |", "|---|---|", ...rows].join("\n");
}
