import { highlightCode } from "./highlight-code.ts";
import { type Html, html, raw } from "./html.ts";

/** Characters of a file that are shown; the rest is behind the link to the whole. */
const SHOWN_MAX = 256 * 1024;
/** Lines that are shown; each has an address of its own. */
const LINES_MAX = 5_000;

/** Names of files without an ending that says what is in them. */
const BY_NAME: Record<string, string> = { makefile: "makefile", gemfile: "ruby", rakefile: "ruby" };
const BY_SHEBANG: [RegExp, string][] = [
  [/^#!.*\bpython/, "python"],
  [/^#!.*\b(?:ba|z|da)?sh\b/, "bash"],
  [/^#!.*\b(?:node|deno|bun)\b/, "javascript"],
  [/^#!.*\bruby\b/, "ruby"],
  [/^#!.*\bperl\b/, "perl"],
];
/** Controls of direction and characters of no width: what is read differs from what is run. */
const INVISIBLE = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\u{e0000}-\u{e007f}]/u;

export interface Code {
  text: string;
  path: string;
}

/** The text of a file with numbered lines, `#L12` each, in colours where its language is known. */
export function codeHtml({ text, path }: Code): string {
  const shown = shownPart(text);
  const lines = shown.split("\n").length - (shown.endsWith("\n") ? 1 : 0);
  const numbers = Array.from({ length: lines }, (_, index) => lineNumber(index + 1)).join("\n");
  const [coloured] = highlightCode([{ text: shown, language: languageOf(path, shown) }]);
  const view = html`<div class="code-view">
      <pre class="numbers">${raw(numbers)}</pre>
      <pre class="code" tabindex="0"><code>${coloured === undefined ? shown : raw(coloured)}</code></pre>
    </div>
    ${cutNotice(text.length - shown.length)}`;
  return view.toString();
}

/** Whether a text has characters that nobody sees and an agent reads. */
export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}

function shownPart(text: string): string {
  let end = -1;
  for (let line = 0; line < LINES_MAX; line += 1) {
    const next = text.indexOf("\n", end + 1);
    if (next === -1) return text.slice(0, SHOWN_MAX).toWellFormed();
    if (next >= SHOWN_MAX) break;
    end = next;
  }
  return text.slice(0, end === -1 ? SHOWN_MAX : end + 1).toWellFormed();
}

function lineNumber(line: number): string {
  return `<a id="L${line}" href="#L${line}">${line}</a>`;
}

function cutNotice(rest: number): Html | null {
  if (rest === 0) return null;
  return html`<p class="cut">
    <strong>The file goes on for ${Math.ceil(rest / 1024)} kB.</strong> Open the raw file to see all of it.
  </p>`;
}

function languageOf(path: string, text: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const known = BY_NAME[name];
  if (known !== undefined) return known;
  if (name.includes(".")) return name.slice(name.lastIndexOf(".") + 1);
  const first = text.slice(0, 100);
  return BY_SHEBANG.find(([shebang]) => shebang.test(first))?.[1] ?? "";
}
