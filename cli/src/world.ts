import type { Readable, Writable } from "node:stream";

/** Where a command reads and writes; tests pass their own. */
export interface Streams {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  /** True when a person can answer questions. */
  interactive: boolean;
  /** Width to cut tables to; infinite when stdout is not a terminal. */
  columns: number;
  /** True when stdout is a terminal: what is written raw there is obeyed. */
  terminal: boolean;
  /** True when stdout is a terminal with colours and NO_COLOR does not forbid them. */
  colors: boolean;
  /** Width of stderr; undefined when it is no terminal that can rewrite a line. */
  errorColumns: number | undefined;
}

/** Everything that a command line takes from the process it runs in. */
export interface World {
  /** Version of this package, for the user agent. */
  version: string;
  /** Folder of this package, with its package.json. */
  packageFolder: string;
  cwd: string;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  streams: Streams;
  /** Aborted by Ctrl-C: whoever changes files undoes what is half done. */
  signal: AbortSignal;
}
