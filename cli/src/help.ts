import { COMMANDS } from "./commands/index.ts";
import type { Command, OptionSpec, OptionSpecs } from "./command.ts";

/** Help of `skills` itself; needs nothing but the table of commands. */
export function overviewHelp(): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary] as const);
  return [
    "Publish, find and install agent skills.",
    "",
    "Usage: skills <command> [options]",
    "",
    "Commands:",
    ...aligned(rows),
    "",
    "skills help <command> explains one of them; skills --version prints the version.",
  ].join("\n");
}

export function commandHelp(name: string, command: Command): string {
  return [
    `Usage: ${usage(name, command)}`,
    "",
    command.description,
    ...section("Arguments", positionalRows(command)),
    ...section("Options", optionRows(command.options)),
    ...section("Common options", optionRows(command.commonOptions)),
    ...(command.examples.length === 0
      ? []
      : ["", "Examples:", ...command.examples.map((line) => `  ${line}`)]),
  ].join("\n");
}

/** A term and its explanation. */
export type Row = readonly [term: string, text: string];

export function usage(name: string, command: Command): string {
  const argument = positionalRows(command)
    .map(([term]) => ` ${term}`)
    .join("");
  return `skills ${name}${argument} [options]`;
}

export function positionalRows({ positional }: Command): Row[] {
  if (positional === undefined) return [];
  const name = `${positional.name}${positional.many ? "…" : ""}`;
  const first: Row = [positional.required ? `<${name}>` : `[${name}]`, positional.description];
  const others = [positional.second, positional.third].filter((one) => one !== undefined);
  return [first, ...others.map(({ name, description }): Row => [`[${name}]`, description])];
}

export function optionRows(options: OptionSpecs): Row[] {
  return Object.entries(options).map(([name, option]) => [optionTerm(name, option), optionText(option)]);
}

function optionTerm(name: string, option: OptionSpec): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  const value = option.type === "string" ? ` <${option.value ?? "text"}>` : "";
  return `${short}--${name}${value}${option.multiple === true ? "…" : ""}`;
}

function optionText(option: OptionSpec): string {
  return option.choices === undefined
    ? option.description
    : `${option.description}: ${option.choices.join(", ")}`;
}

function section(title: string, rows: Row[]): string[] {
  return rows.length === 0 ? [] : ["", `${title}:`, ...aligned(rows)];
}

function aligned(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([term]) => term.length));
  return rows.map(([term, text]) => `  ${term.padEnd(width)}  ${text}`);
}
