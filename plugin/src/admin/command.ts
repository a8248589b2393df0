import type { Config } from "../config.ts";
import type { Caller } from "../registry/caller.ts";
import type { Parts } from "../registry/parts.ts";
import type { Blobs } from "../store/blobs.ts";

interface CommandText {
  /** What calls it, with its arguments: `admin lock <account>`. An argument in `<…>` has to be there. */
  usage: string;
  /** One sentence for help and docs/operating.md. */
  summary: string;
  /** By name; besides those that every command has. */
  options?: Record<string, CommandOption>;
}

/** A command that works on the stores of the configuration and ends; a registry may run on them meanwhile. */
export interface StoreCommand extends CommandText {
  run(context: CommandContext): Promise<Outcome>;
}

/** A command that opens what it needs itself, for there is no registry yet, or there are two. */
export interface MovingCommand extends CommandText {
  move(context: MovingContext): Promise<Outcome>;
}

export type Command = StoreCommand | MovingCommand;

export interface CommandOption {
  /** What its value is, for help; absent for one that has none. */
  value?: string;
  required?: true;
  /** It may be given several times. */
  repeated?: true;
  summary: string;
}

/** What every command is given. */
export interface MovingContext {
  config: Config;
  now: () => Date;
  /** By their names in the usage. */
  args: Record<string, string>;
  /** Those with a value, by name; `flags` are the others. */
  options: Record<string, string>;
  /** Values of those that may be given several times, by name. */
  lists: Record<string, string[]>;
  flags: Set<string>;
  /** Standard output and standard error, for what is too long or too slow for an outcome. */
  write(text: string): Promise<void>;
  progress(text: string): void;
}

export interface CommandContext extends MovingContext {
  parts: Pick<Parts, "metadata" | "nodes" | "config" | "passwords" | "now">;
  /** The tarballs, opened when they are asked for. */
  blobs(): Promise<Blobs>;
  /** Stands in audit entries for whoever sits at this machine. */
  caller: Caller;
  /** Name of their user, for the details of audit entries. */
  by: string;
}

export interface Outcome {
  /** Lines for people. */
  text: string;
  /** What `--json` prints. */
  json?: unknown;
  /** The command did its work and found something wrong. */
  failed?: true;
}

/** The argument of that name. */
export function argument({ args }: Pick<MovingContext, "args">, name: string): string {
  const value = args[name];
  if (value === undefined) throw new TypeError(`the usage has no argument <${name}>`);
  return value;
}
