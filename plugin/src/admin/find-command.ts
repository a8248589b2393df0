import { parseArgs } from "node:util";
import { ConfigError } from "../config-file.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";

/** The words of a command line, understood; nothing was done yet. */
export interface CommandLine {
  /** Undefined for the server itself. */
  command: Command | undefined;
  args: Record<string, string>;
  options: Record<string, string>;
  /** Values of options that may be given several times. */
  lists: Record<string, string[]>;
  flags: Set<string>;
}

/** Options of everything that is called. */
export const SHARED_OPTIONS = ["config", "data", "help", "json", "version"];
const SERVER_OPTIONS = ["config", "data", "help", "port", "version"];

/** Throws ConfigError for what no command takes, or TypeError from node's parser. */
export function readCommandLine(argv: string[]): CommandLine {
  const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options: allOptions() });
  const command = positionals.length === 0 ? undefined : findCommand(positionals);
  const given = positionals.slice(command === undefined ? 0 : wordsOf(command).length);
  const flags = new Set(Object.keys(values).filter((name) => values[name] === true));
  const repeated = ([name]: [string, unknown]): boolean => command?.options?.[name]?.repeated === true;
  const texts = Object.entries(values).flatMap(([name, value]): [string, string[]][] =>
    Array.isArray(value) ? [[name, value.map(String)]] : [],
  );
  const line = {
    command,
    args: {},
    // The last one counts, as everywhere.
    options: Object.fromEntries(
      texts.filter((text) => !repeated(text)).map(([name, given]) => [name, given.at(-1) ?? ""]),
    ),
    lists: Object.fromEntries(texts.filter(repeated)),
    flags,
  };
  if (flags.has("help") || flags.has("version")) return line;
  refuseForeignOptions(line);
  return { ...line, args: command === undefined ? {} : namedArguments(command, given) };
}

function allOptions(): Record<string, { type: "string" | "boolean"; multiple?: true }> {
  const own = COMMANDS.flatMap(({ options = {} }) => Object.entries(options));
  const withValue = ["config", "data", "port", ...own.flatMap(([name, { value }]) => (value ? name : []))];
  const flags = ["help", "json", "version", ...own.flatMap(([name, { value }]) => (value ? [] : name))];
  return {
    ...Object.fromEntries(flags.map((name) => [name, { type: "boolean" }])),
    ...Object.fromEntries(withValue.map((name) => [name, { type: "string", multiple: true }])),
  };
}

/** `admin lock` of `admin lock <account>`. */
export function wordsOf({ usage }: Command): string[] {
  return usage.split(" ").filter((word) => !word.startsWith("<"));
}

function argumentsOf({ usage }: Command): string[] {
  return Array.from(usage.matchAll(/<([^>]+)>/g), ([, name = ""]) => name);
}

/** Throws ConfigError naming the word that leads nowhere. */
function findCommand(positionals: string[]): Command {
  const found = COMMANDS.find((command) => wordsOf(command).every((word, at) => positionals[at] === word));
  if (found !== undefined) return found;
  const [first = ""] = positionals;
  const isGroup = COMMANDS.some((command) => wordsOf(command)[0] === first);
  throw new ConfigError(
    isGroup
      ? `unknown command: ${positionals.join(" ")}; skills-registry --help lists them`
      : `unknown command or argument: ${first}`,
  );
}

function namedArguments(command: Command, given: string[]): Record<string, string> {
  const names = argumentsOf(command);
  const extra = given[names.length];
  if (extra !== undefined) throw new ConfigError(`unknown command or argument: ${extra}`);
  const missing = names[given.length];
  if (missing !== undefined)
    throw new ConfigError(`<${missing}> is missing: skills-registry ${command.usage}`);
  return Object.fromEntries(names.map((name, at) => [name, given[at] ?? ""]));
}

function refuseForeignOptions({ command, options, lists, flags }: CommandLine): void {
  const own = command?.options ?? {};
  const allowed = new Set(command === undefined ? SERVER_OPTIONS : [...SHARED_OPTIONS, ...Object.keys(own)]);
  const foreign = [...Object.keys(options), ...Object.keys(lists), ...flags].find(
    (name) => !allowed.has(name),
  );
  const what = command === undefined ? "the server" : wordsOf(command).join(" ");
  if (foreign !== undefined) throw new ConfigError(`--${foreign}: ${what} has no such option`);
  const missing = Object.keys(own).find(
    (name) => own[name]?.required === true && options[name] === undefined && lists[name] === undefined,
  );
  if (missing !== undefined)
    throw new ConfigError(`--${missing} is missing: skills-registry ${command?.usage}`);
}
