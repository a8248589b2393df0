import type { Found, Source } from "./source.ts";

const NAME = "[A-Z][A-Z0-9_]{1,100}";

/** How programs read a variable, in the languages that scripts are written in. */
const READS = new RegExp(
  [
    String.raw`\bprocess\.env(?:\.|\[["'\`])(${NAME})`,
    String.raw`\bimport\.meta\.env\.(${NAME})`,
    String.raw`\benviron(?:\.get\(|\[|\.pop\(|\.setdefault\()\s{0,9}["'](${NAME})`,
    String.raw`\b(?:os\.)?getenv\(\s{0,9}["'](${NAME})`,
    String.raw`\bENV(?:\[|\.fetch\()\s{0,9}["'](${NAME})`,
    String.raw`\b(?:Deno|Bun)\.env(?:\.get\(["']|\.)(${NAME})`,
    String.raw`\b(?:os\.(?:Getenv|LookupEnv)|env::var|System\.getenv)\(\s{0,9}"(${NAME})`,
    String.raw`\$env:(${NAME})`,
  ].join("|"),
  "g",
);

/** `$NAME` and `${NAME}`, of shells. */
const SHELL_READS = new RegExp(String.raw`\$(?:(${NAME})\b|\{(${NAME})\b)`, "g");
/** `${NAME:-default}` and `${NAME:?message}` ask for a variable that may come from outside, whoever else sets it. */
const SHELL_ASKS = new RegExp(String.raw`\$\{(${NAME}):?[-?]`, "g");
/** What a shell script sets itself is no input, unless it is a secret: those are not made in scripts. */
const SHELL_SETS = new RegExp(
  String.raw`(?:^|[;&|({\s])(?:(${NAME})\+?=|(?:for|read(?:\s-\w{1,9})*|local|declare(?:\s-\w{1,9})*|readonly)\s{1,9}(${NAME})\b)`,
  "gm",
);
const SHELL = /^(?:sh|bash|zsh|fish|dash|ksh)$/;

/** A name in a text that stands for a secret: whoever follows it is asked for one. */
const SECRETS = new RegExp(
  String.raw`\b(?!YOUR_|MY_)([A-Z][A-Z0-9_]{1,80}_(?:API_?KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|KEY_ID|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS))\b`,
  "g",
);

/** Of every shell and system; they say nothing of a skill. */
const ORDINARY = new Set(
  "PATH HOME PWD OLDPWD USER LOGNAME SHELL TERM LANG LC_ALL TMPDIR TMP TEMP EDITOR IFS UID EUID PPID RANDOM SECONDS LINENO BASH BASH_SOURCE BASH_VERSION FUNCNAME OPTARG OPTIND OSTYPE HOSTNAME COLUMNS LINES REPLY PS1 NODE_ENV CI NO_COLOR DEBUG APPDATA LOCALAPPDATA USERPROFILE PYTHONPATH".split(
    " ",
  ),
);

/** The environment variables that a script reads, or that a text names as secrets, in the order of the text. */
export function variablesIn({ text, kind }: Source, interpreter: string | undefined): Found[] {
  if (kind !== "script") return found(text, SECRETS);
  if (!SHELL.test(interpreter ?? "")) return found(text, READS);
  const own = new Set(found(text, SHELL_SETS).map(({ subject }) => subject));
  const asked = new Set([...found(text, SHELL_ASKS), ...found(text, SECRETS)].map(({ subject }) => subject));
  return found(text, SHELL_READS).filter(({ subject }) => asked.has(subject) || !own.has(subject));
}

function found(text: string, pattern: RegExp): Found[] {
  return Array.from(text.matchAll(pattern), (match) => ({
    subject: match.slice(1).find((name) => name !== undefined) ?? "",
    offset: match.index,
  })).filter(({ subject }) => subject !== "" && !ORDINARY.has(subject));
}
