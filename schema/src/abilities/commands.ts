import { excerpt } from "./ability.ts";
import { lineAt, lineBefore } from "./command-line.ts";
import { fencedIn } from "./fences.ts";
import { packagesOf } from "./packages.ts";
import { type Found, type Source, spend } from "./source.ts";

/** Programs that install, or run what they fetch. */
const PROGRAMS =
  /\b(?:npx|bunx|npm|pnpm|yarn|bun|pip3?|pipx|uvx?|brew|apt-get|apt|apk|dnf|yum|gem|cargo|go|docker|podman)(?=[ \t])/g;
/** Characters of a command that are read. */
const COMMAND_MAX = 400;
const COMMAND_END = /(?<!\\\r?)\n|[;&|`)]/;
/** Where a command begins: at the start of a line, after a prompt or an operator, in quotes, after words that run others. */
const COMMAND_PLACE =
  /(?:[`;&|($"'[,]|^\s*[>%#]|\b(?:RUN|run:|sudo|exec|then|do|else|time|env|uv)|\s-[my]|\b[A-Z_]{1,60}=\S{1,60})$/;
/** `npx -y x` is a command wherever it stands. */
const UNASKED = /^(?:npx|bunx)\s{1,4}(?:-y|--yes)\s/;
const UNASKED_MAX = 20;

/** Commands of some agents that run before anything is read, and put their output into the text: !`git status`, or a block that begins with ```!. */
const LOAD_COMMAND = /(?<!\S)!`([^`\n]{1,400})`|^[ \t]{0,9}`{3}!.{0,40}\n(.{1,400})/gm;

/** Code that installs or runs packages of somebody else, in the order of the text. */
export function* packagesIn(source: Source): Generator<Found> {
  for (const offset of programsIn(source)) {
    for (const { name, from } of packagesOf(
      lineAt(source.text, offset, { max: COMMAND_MAX, end: COMMAND_END }),
    )) {
      yield { subject: `${name} (${from})`, offset };
    }
  }
}

/** Commands that run as soon as a skill is read, in the order of the text. */
export function* loadCommandsIn({ text, budget }: Source): Generator<Found> {
  for (const match of text.matchAll(LOAD_COMMAND)) {
    if (!spend(budget)) return;
    // After an odd number of backticks, this one closes a piece of code.
    if (match[2] !== undefined || lineBefore(text, match.index).split("`").length % 2 === 1)
      yield { subject: excerpt(match[1] ?? match[2] ?? ""), offset: match.index };
  }
}

/** Where the programs of a text stand in it, in its order. */
function* programsIn({ text, kind, budget }: Source): Generator<number> {
  const isCode = kind === "markdown" ? fencedIn(text) : () => kind === "script";
  for (const { index } of text.matchAll(PROGRAMS)) {
    if (!spend(budget)) return;
    const before = lineBefore(text, index).trimEnd();
    // Prose begins with the name of a program, too.
    const isCommand = before === "" ? isCode(index) : COMMAND_PLACE.test(before);
    if (isCommand || UNASKED.test(text.slice(index, index + UNASKED_MAX))) yield index;
  }
}
