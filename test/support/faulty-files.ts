import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

/** What of Node's file system changes something on the disk. */
const CHANGING = [
  "mkdir",
  "writeFile",
  "copyFile",
  "open",
  "rename",
  "symlink",
  "rm",
  "rmdir",
  "cp",
] as const;
type Call = (typeof CHANGING)[number];

/** What takes space on the disk. */
const WRITING: ReadonlySet<Call> = new Set(["mkdir", "writeFile", "copyFile", "open", "symlink", "cp"]);

export interface FileFaults extends Disposable {
  /** Changes to the folder so far, those that failed among them. */
  calls: Call[];
}

/** The code that the n-th change of a folder fails with, counted from 1; undefined lets it pass. */
type Plan = (n: number, call: Call) => string | undefined;

/** One change fails. */
export function failingAt(at: number, code: string): Plan {
  return (n) => (n === at ? code : undefined);
}

/** The disk is full from there on: what needs space fails, everything else works. */
export function fullFrom(at: number): Plan {
  return (n, call) => (n >= at && WRITING.has(call) ? "ENOSPC" : undefined);
}

/** Nothing works from there on: what a killed process leaves, without a process, or a disk that became read-only. */
export function nothingFrom(at: number): Plan {
  return (n) => (n >= at ? "EROFS" : undefined);
}

/** Has changes below a folder fail as planned, until it is disposed of. Everybody else in the process keeps their files. */
export function faultyFiles(folder: string, plan: Plan): FileFaults {
  const calls: Call[] = [];
  const originals = CHANGING.map((name) => [name, functionOf(name)] as const);
  for (const [name, original] of originals) {
    Reflect.set(fs, name, async (...args: unknown[]): Promise<unknown> => {
      if (!isBelow(folder, args) || (name === "open" && args[1] === "r"))
        return Reflect.apply(original, fs, args);
      const code = plan(calls.push(name), name);
      if (code === undefined) return Reflect.apply(original, fs, args);
      throw Object.assign(new Error(`${code}: injected, ${name}`), { code, syscall: name });
    });
  }
  syncBuiltinESMExports();
  return {
    calls,
    [Symbol.dispose]: () => {
      for (const [name, original] of originals) Reflect.set(fs, name, original);
      syncBuiltinESMExports();
    },
  };
}

function functionOf(name: Call): () => unknown {
  const original: unknown = Reflect.get(fs, name);
  if (typeof original !== "function") throw new Error(`there is no ${name}`);
  return (...args: unknown[]) => Reflect.apply(original, fs, args);
}

function isBelow(folder: string, args: unknown[]): boolean {
  return args.some((arg) => typeof arg === "string" && arg.startsWith(folder));
}
