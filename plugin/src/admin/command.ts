import type { Caller } from "../registry/caller.ts";
import type { Parts } from "../registry/parts.ts";

/** A command that works on the stores and ends; a registry may run on them meanwhile. */
export interface Command {
  /** What calls it, with its arguments: `admin lock <account>`. An argument in `<…>` has to be there. */
  usage: string;
  /** One sentence for help and docs/operating.md. */
  summary: string;
  /** By name; besides those that every command has. */
  options?: Record<string, CommandOption>;
  run(context: CommandContext): Promise<Outcome>;
}

export interface CommandOption {
  /** What its value is, for help; absent for one that has none. */
  value?: string;
  required?: true;
  summary: string;
}

export interface CommandContext {
  parts: Pick<Parts, "metadata" | "config" | "passwords" | "now">;
  /** Stands in audit entries for whoever sits at this machine. */
  caller: Caller;
  /** Name of their user, for the details of audit entries. */
  by: string;
  /** By their names in the usage. */
  args: Record<string, string>;
  /** Those with a value, by name; `flags` are the others. */
  options: Record<string, string>;
  flags: Set<string>;
  /** Standard output and standard error, for what is too long or too slow for an outcome. */
  write(text: string): Promise<void>;
  progress(text: string): void;
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
export function argument({ args }: CommandContext, name: string): string {
  const value = args[name];
  if (value === undefined) throw new TypeError(`the usage has no argument <${name}>`);
  return value;
}
