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
  const texts = Object.entries(values).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as const] : [],
  );
  const line = { command, args: {}, options: Object.fromEntries(texts), flags };
  if (flags.has("help") || flags.has("version")) return line;
  refuseForeignOptions(line);
  return { ...line, args: command === undefined ? {} : namedArguments(command, given) };
}

function allOptions(): Record<string, { type: "string" | "boolean" }> {
  const own = COMMANDS.flatMap(({ options = {} }) => Object.entries(options));
  const shared = { config: "string", data: "string", port: "string" } as const;
  const flags = { help: "boolean", json: "boolean", version: "boolean" } as const;
  return {
    ...Object.fromEntries(
      own.map(([name, { value }]) => [name, { type: value === undefined ? "boolean" : "string" }] as const),
    ),
    ...Object.fromEntries(Object.entries({ ...shared, ...flags }).map(([name, type]) => [name, { type }])),
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

function refuseForeignOptions({ command, options, flags }: CommandLine): void {
  const own = command?.options ?? {};
  const allowed = new Set(command === undefined ? SERVER_OPTIONS : [...SHARED_OPTIONS, ...Object.keys(own)]);
  const foreign = [...Object.keys(options), ...flags].find((name) => !allowed.has(name));
  const what = command === undefined ? "the server" : wordsOf(command).join(" ");
  if (foreign !== undefined) throw new ConfigError(`--${foreign}: ${what} has no such option`);
  const missing = Object.keys(own).find(
    (name) => own[name]?.required === true && options[name] === undefined,
  );
  if (missing !== undefined)
    throw new ConfigError(`--${missing} is missing: skills-registry ${command?.usage}`);
}
