import { parseArgs } from "node:util";
import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "./context.ts";
import type { Line } from "./terminal/line.ts";
import { nearest } from "./nearest.ts";
import { usageError } from "./usage-error.ts";

/** One option as parseArgs, the help and docs/cli.md read it. */
export interface OptionSpec {
  type: "boolean" | "string";
  short?: string;
  multiple?: boolean;
  /** What stands for the value in help: `@acme`. */
  value?: string;
  /** The only values allowed. */
  choices?: readonly string[];
  description: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

interface PositionalSpec {
  name: string;
  required: boolean;
  many: boolean;
  /** The only first arguments allowed. */
  choices?: readonly string[];
  description: string;
  /** A second argument, which may be left out. */
  second?: { name: string; description: string };
  /** And a third one. */
  third?: { name: string; description: string };
}

/** What a command hands back: the document of `--json`, the lines for people, and why the exit code is not 0. */
export interface Outcome {
  json: unknown;
  lines: Line[];
  /** A file to be written as it is, in the place of lines; on a terminal without what that would obey. */
  bytes?: Uint8Array;
  failure?: SkillsError;
}

interface ParseConfig<O extends OptionSpecs> {
  args: string[];
  options: O;
  allowPositionals: true;
  strict: true;
}

interface Input<O extends OptionSpecs> {
  args: string[];
  /** As parseArgs itself types them from the specs. */
  options: ReturnType<typeof parseArgs<ParseConfig<O & typeof COMMON_OPTIONS>>>["values"];
}

export interface Definition<O extends OptionSpecs> {
  /** Paragraph under the usage line. */
  description: string;
  positional?: PositionalSpec;
  options: O;
  examples: readonly string[];
  run(context: Context, input: Input<O>): Promise<Outcome>;
}

/** A command with its option types closed over; help reads the data, the runner calls `parse`. */
export interface Command extends Omit<Definition<OptionSpecs>, "run"> {
  /** The options of every command, here so that help needs no other module. */
  commonOptions: OptionSpecs;
  parse(argv: string[]): ParsedCommand;
}

export interface ParsedCommand {
  help: boolean;
  json: boolean;
  registry: string | undefined;
  offline: boolean;
  preferOffline: boolean;
  run(context: Context): Promise<Outcome>;
}

/** Options of every command. */
const COMMON_OPTIONS = {
  registry: {
    type: "string",
    value: "url",
    description: "Registry to talk to, above SKILLS_REGISTRY and .npmrc",
  },
  offline: { type: "boolean", description: "Use what is in the cache, and no network" },
  "prefer-offline": {
    type: "boolean",
    description: "Ask the registry only for what is not in the cache",
  },
  json: { type: "boolean", description: "Print exactly one JSON document on stdout" },
  help: { type: "boolean", short: "h", description: "Show this help" },
} as const satisfies OptionSpecs;

export function defineCommand<const O extends OptionSpecs>(definition: Definition<O>): Command {
  const options = { ...definition.options, ...COMMON_OPTIONS };
  return {
    ...definition,
    commonOptions: COMMON_OPTIONS,
    parse: (argv) => {
      const { values, positionals: args } = parseStrictly(argv, options);
      const common: RawValues = parseStrictly<OptionSpecs>(argv, options).values;
      const help = common["help"] === true;
      if (!help) checkPositionals(args, definition.positional);
      return {
        help,
        json: common["json"] === true,
        offline: common["offline"] === true,
        preferOffline: common["prefer-offline"] === true,
        registry: typeof common["registry"] === "string" ? common["registry"] : undefined,
        run: (context) => definition.run(context, { args, options: values }),
      };
    },
  };
}

type RawValues = Record<string, string | boolean | (string | boolean)[] | undefined>;

function parseStrictly<O extends OptionSpecs>(args: string[], options: O) {
  try {
    const config: ParseConfig<O> = { args, options, allowPositionals: true, strict: true };
    const parsed = parseArgs(config);
    for (const [name, value] of Object.entries<RawValues[string]>(parsed.values))
      checkChoice(name, value, options[name]);
    return parsed;
  } catch (error) {
    throw asUsageError(error, Object.keys(options));
  }
}

function checkChoice(name: string, value: RawValues[string], option: OptionSpec | undefined): void {
  if (option?.choices === undefined) return;
  for (const one of Array.isArray(value) ? value : [value]) {
    if (typeof one === "string" && !option.choices.includes(one)) {
      throw usageError(`--${name} is one of ${option.choices.join(", ")}, not "${one}"`);
    }
  }
}

function checkPositionals(args: string[], spec: PositionalSpec | undefined): void {
  if (spec?.required === true && args.length === 0) throw usageError(`a <${spec.name}> is missing`);
  const [first] = args;
  if (first !== undefined && spec?.choices?.includes(first) === false)
    throw usageError(`<${spec.name}> is one of ${spec.choices.join(", ")}, not "${first}"`);
  if (spec?.many === true) return;
  const most = [spec, spec?.second, spec?.third].filter((one) => one !== undefined).length;
  if (args.length > most) throw usageError(`"${args[most]}" is one argument too many`);
}

function asUsageError(error: unknown, names: string[]): SkillsError {
  if (error instanceof SkillsError) return error;
  const message = error instanceof Error ? error.message : String(error);
  // parseArgs takes the words to exclude from a search for options.
  if (/^Unknown option '-[^-]/.test(message))
    return usageError(`${message.split(". ")[0]}; what starts with - and is no option goes behind --`);
  const unknown = /^Unknown option '--([^']+)'/.exec(message)?.[1];
  if (unknown === undefined) return usageError(message);
  const close = nearest(unknown, names);
  return usageError(`unknown option --${unknown}${close === undefined ? "" : `: did you mean --${close}?`}`);
}
