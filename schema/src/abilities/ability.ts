import { printable } from "../text.ts";

/**
 * Kinds of what a version of a skill can do, or has an agent do; the gravest first. `script`: a file that can be run;
 * `load`: a command that some agents run as soon as they read the skill; `download`: code that runs what it fetches or decodes;
 * `package`: code that installs or runs a package of somebody else; `unread`: a file too large to be looked through.
 */
export const ABILITY_KINDS = [
  "hidden",
  "load",
  "download",
  "script",
  "tool",
  "setting",
  "skill",
  "dependency",
  "package",
  "host",
  "variable",
  "unread",
] as const;

export type AbilityKind = (typeof ABILITY_KINDS)[number];

/** One thing that a version can do or has an agent do, and where that is said. Plain data, and nothing in it is a guess. */
export interface Ability {
  kind: AbilityKind;
  /** What it is about: the path of a script, a host, a variable, a tool, a package, a command. */
  subject: string;
  /** What more there is to say: the interpreter of a script, a range, the value of a setting, a command as written. */
  detail?: string;
  /** Whether a script says so, or a text that an agent reads; absent where that makes no difference. */
  said?: "script" | "text";
  /** The file that says so first, `/`-separated. */
  path: string;
  /** Line in it, from 1. */
  line?: number;
  /** Of the bytes it stands for: another one means something else. */
  digest?: string;
}

/** Characters of a command or a value that are kept. */
const TEXT_MAX = 160;

/** Text of the skill for a message: on one line, shortened, and without characters that are obeyed or not seen. */
export function excerpt(text: string): string {
  const line = text
    .slice(0, TEXT_MAX * 4)
    .replace(/\s+/g, " ")
    .trim();
  return printable(line.length > TEXT_MAX ? `${line.slice(0, TEXT_MAX).toWellFormed()}…` : line);
}
