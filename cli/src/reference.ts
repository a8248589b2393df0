import { loadCommands } from "./commands/index.ts";
import type { Command } from "./command.ts";
import { optionRows, positionalRows, usage, type Row } from "./help.ts";

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
