import { hash } from "node:crypto";
import type { Entry } from "../entry.ts";
import type { Ability } from "./ability.ts";

/** What runs a file with this ending. Formats that have to be compiled first are not among them. */
const INTERPRETERS: Readonly<Record<string, string>> = {
  sh: "sh",
  bash: "bash",
  zsh: "zsh",
  fish: "fish",
  py: "python",
  pyw: "python",
  js: "node",
  mjs: "node",
  cjs: "node",
  ts: "typescript",
  mts: "typescript",
  cts: "typescript",
  rb: "ruby",
  pl: "perl",
  php: "php",
  lua: "lua",
  r: "r",
  ps1: "powershell",
  psm1: "powershell",
  bat: "cmd",
  cmd: "cmd",
  vbs: "wscript",
  applescript: "osascript",
  scpt: "osascript",
  awk: "awk",
  jar: "java",
  command: "sh",
  ksh: "ksh",
  csh: "csh",
  tsx: "typescript",
  jsx: "node",
  tcl: "tcl",
  jl: "julia",
  exs: "elixir",
  hta: "mshta",
  jse: "wscript",
  vbe: "wscript",
  wsf: "wscript",
  ipynb: "jupyter",
  pyc: "python",
  pyz: "python",
};

/** What runs a file of this name. */
const NAMED: Readonly<Record<string, string>> = {
  Makefile: "make",
  GNUmakefile: "make",
  makefile: "make",
  justfile: "just",
  Rakefile: "ruby",
};

/** Pages and pictures that a browser runs code of. */
const PAGE = /^(?:x?html?|svg)$/;
const PAGE_SCRIPT = /<script\b|\son[a-z]{3,20}\s{0,9}=|javascript:/i;
/** Bytes of a page that are looked through for code. */
const PAGE_MAX = 1024 * 1024;

/** First bytes of programs for Linux, macOS (four orders of bytes, and several in one) and Windows; and of WebAssembly. */
const PROGRAMS = ["7f454c46", "feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe", "4d5a", "0061736d"];
const PROGRAM = "a program";

/** Bytes of a first line that names an interpreter; systems read no more. */
const SHEBANG_MAX = 256;
const SHEBANG = /^#!\s*(\S+)(?:[ \t]+(.*))?/;

/** The files that can be run, by their first line, their mode or the ending of their name. */
export function scriptsOf(entries: readonly Entry[]): Ability[] {
  return entries.flatMap((entry) => {
    const interpreter = interpreterOf(entry);
    if (interpreter === undefined) return [];
    const { path, data } = entry;
    return [{ kind: "script", subject: path, detail: interpreter, path, digest: digestOf(data) }];
  });
}

/** undefined for a file that nothing says can be run. */
export function interpreterOf({ type, path, mode, data }: Entry): string | undefined {
  if (type !== "file") return undefined;
  const start = Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, SHEBANG_MAX));
  if (PROGRAMS.some((magic) => start.toString("hex", 0, magic.length / 2) === magic)) return PROGRAM;
  const named = fromShebang(start.toString("latin1"));
  if (named !== undefined) return named;
  const ending = /\.([a-z0-9]{1,12})$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  if (Object.hasOwn(INTERPRETERS, ending)) return INTERPRETERS[ending];
  if (Object.hasOwn(NAMED, baseOf(path))) return NAMED[baseOf(path)];
  if (PAGE.test(ending) && mayRun(data)) return "a browser";
  return (mode & 0o111) === 0 ? undefined : "executable";
}

/** What is too large to be looked through may hold anything. */
function mayRun(page: Uint8Array): boolean {
  return page.length > PAGE_MAX || PAGE_SCRIPT.test(new TextDecoder().decode(page));
}

/** `#!/usr/bin/env -S node --x` is node. */
function fromShebang(start: string): string | undefined {
  const [, program = "", options = ""] = SHEBANG.exec(start) ?? [];
  const name = baseOf(program);
  if (name !== "env") return name === "" ? undefined : name;
  const run = options.split(/\s+/).find((word) => !word.startsWith("-") && !word.includes("="));
  return run === undefined ? "env" : baseOf(run);
}

function baseOf(path: string): string {
  return path.split("/").at(-1) ?? "";
}

/** Of bytes, to know them again. */
export function digestOf(data: Uint8Array | string): string {
  return hash("sha256", data, "base64");
}
