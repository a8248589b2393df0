import { excerpt } from "./ability.ts";
import { lineAt, lineBefore } from "./command-line.ts";
import { type Found, type Source, spend } from "./source.ts";

/** Programs that fetch, programs that decode, and programs that run a text given to them. */
const PROGRAMS =
  /\b(?:(?<fetches>curl|wget|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)|(?<decodes>base64|openssl|xxd)|(?<runs>python3?|node|perl|ruby|php)(?=[ \t]{1,9}-[cer]\b)|(?<shell>powershell(?:\.exe)?|pwsh))(?=[ \t])/gi;
const KINDS = ["fetches", "decodes", "runs", "shell"] as const;
type Kind = (typeof KINDS)[number];
/** Characters of a line that are read; whoever fills them up hides the address, too. */
const LINE_MAX = 4_096;
/** `| sh`, `| sudo bash -s`, `| python3 -`, `| iex`: what was fetched is run. */
const INTO_SHELL =
  /\|\s{0,200}(?:sudo\s(?:-\w{1,20}\s){0,5})?(?:\/(?:usr\/)?bin\/)?(?:env\s)?(?:(?:ba|z|da|k|fi)?sh(?![\w./-])|(?:python3?|node|perl|ruby|php)\s{0,9}(?:-(?![\w-])|(?=[`"'&;)])|$)|iex\b|pwsh\b)/;
/** `bash <(curl …`, `sh -c "$(curl …`, `eval "$(curl …`, `iex (irm …` before the program, or with a text to decode. */
const OUT_OF_SHELL =
  /(?:\b(?:ba|z|da|k|fi)?sh|\beval|\bsource|(?:^|\s)\.|\biex|\bInvoke-Expression)\s{1,9}(?:-\w{1,9}\s{1,9})?["']?(?:<\(|\$\(|\(|`)\s{0,9}(?:(?:echo|printf)\s[^|]{0,180}\|\s{0,9})?$/i;
/** An address, an option or a variable: a table of programs has none, and is no command. */
const ARGUMENT = /[:$@/-]|\w\.\w/;
const DECODES = /\s(?:-d\b|-D\b|--decode\b|-base64\b|-r\b)/;
/** In a text that an interpreter is given: what it fetches or decodes, and what runs that. */
const FETCHED = /urlopen|urlretrieve|requests\.|https?:|b64decode|base64|fetch\(|atob\(|unhexlify|fromhex/i;
const RUN = /\b(?:exec|eval|system|popen|spawn|subprocess|execSync)\b/;
const ENCODED = /\s-(?:e|ec|enc|encodedcommand)\s{1,9}["']?[\w+/=]{8,}/i;
/** Where a command saves what it fetched. */
const SAVED = /(?:\s-o|\s--output|\s-OutFile|>)[ =]{0,9}["']?([^\s"'`;|&<>()]{1,200})/i;
const ADDRESS = /:\/\/[^\s"'`;|&<>()]{0,400}\/([\w.-]{1,100})/;
/** Characters from a command on in which the run of what it saved is looked for. */
const NEARBY = 800;

/** Code that runs what it downloads or decodes, in the order of the text; also in prose, which people and agents follow, too. */
export function* downloadsIn({ text, budget }: Source): Generator<Found> {
  const done = new Map<Kind, number>();
  for (const { index, groups = {} } of text.matchAll(PROGRAMS)) {
    if (!spend(budget)) return;
    const kind = KINDS.find((one) => groups[one] !== undefined) ?? "fetches";
    const before = lineBefore(text, index);
    const shell =
      kind === "fetches" || kind === "decodes" ? OUT_OF_SHELL.exec(before.trimEnd())?.[0] : undefined;
    // One line is read once for a kind, however many programs it names.
    if (shell === undefined && index < (done.get(kind) ?? 0)) continue;
    const line = lineAt(text, index, { max: LINE_MAX });
    done.set(kind, index + line.length);
    const found = runIn({ kind, shell, line, before, after: text.slice(index, index + NEARBY) });
    if (found !== undefined) yield { subject: excerpt(found), offset: index };
  }
}

interface Command {
  kind: Kind;
  /** What runs the output of the program, where that comes before it. */
  shell: string | undefined;
  /** From the program on. */
  line: string;
  before: string;
  /** From the program on, beyond the line. */
  after: string;
}

/** The command as far as it runs something; undefined for one that does not. */
function runIn({ kind, shell, line, before, after }: Command): string | undefined {
  if (kind === "runs") return RUN.test(line) && FETCHED.test(line) ? line : undefined;
  if (kind === "shell") return ENCODED.test(line) ? line : undefined;
  if (kind === "decodes" && !DECODES.test(line)) return undefined;
  if (shell !== undefined) return shell + line;
  const pipe = INTO_SHELL.exec(line);
  // What is decoded stands before the program.
  const start = kind === "decodes" ? before.trimStart() : "";
  if (pipe !== null && ARGUMENT.test(line.slice(0, pipe.index)))
    return start + line.slice(0, pipe.index + pipe[0].length);
  return kind === "fetches" ? savedAndRun(line, after) : undefined;
}

/** `curl -o x.sh …`, and soon after it `bash x.sh`, `./x.sh` or `chmod +x x.sh`. */
function savedAndRun(line: string, after: string): string | undefined {
  const saved = (SAVED.exec(line) ?? ADDRESS.exec(line))?.[1]?.split(/[\\/]/).at(-1);
  if (saved === undefined || saved === "" || saved === "-" || saved === "null") return undefined;
  const name = saved.replace(/\W/g, String.raw`\$&`);
  const run = new RegExp(
    String.raw`(?:\n|&&|;)\s{0,9}(?:[$>]\s)?(?:sudo\s)?(?:(?:(?:ba|z|da|k)?sh|source|\.|python3?|node|perl|ruby|chmod\s\S{1,9})\s{1,9}(?:-\w{1,9}\s)?["']?(?:[\w.~$/{}-]{0,80}/)?|(?:[\w.~$/{}-]{0,80}/))${name}(?![\w.-])`,
  ).exec(after);
  return run === null ? undefined : after.slice(0, run.index + run[0].length);
}
