#!/usr/bin/env node
import { readFile } from "node:fs/promises";
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { isatty } from "node:tty";
import type { Streams } from "./world.ts";

/**
 * The edge of the process: the only file that touches `process`.
 * Nothing is imported statically but Node itself, so the compile cache covers the rest and `--version` loads none of it.
 */
enableCompileCache();

/** From the sources as from the bundle, whose files all lie in one folder. */
const PACKAGE_FOLDER = join(import.meta.dirname, "..");

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // The first signal undoes what is half done, the second one ends the process at once. Not by `once`: write-file-atomic,
  // which listens too, dies of a signal that nobody else seems to listen to any more.
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort();
  });
}

// `skills search x | head` closes the pipe early; that is no failure, nor `2>&1 | head`, which would end a command half way.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

const exitCode = await main(process.argv.slice(2));
// Not left to the event loop: npm's fetch may still be waiting to retry a request that nobody wants any more.
process.stdout.write("", () => process.exit(exitCode));

async function main(argv: string[]): Promise<number> {
  const version = await ownVersion();
  if (argv[0] === "--version" || argv[0] === "-v") {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const { run } = await import("./run.ts");
  return run(argv, {
    version,
    packageFolder: PACKAGE_FOLDER,
    cwd: process.cwd(),
    home: process.env["HOME"] ?? homedir(),
    env: process.env,
    streams: streams(),
    signal: interrupted.signal,
  });
}

async function ownVersion(): Promise<string> {
  const text = await readFile(join(PACKAGE_FOLDER, "package.json"), "utf8");
  const { version }: { version: string } = JSON.parse(text);
  return version;
}

function streams(): Streams {
  const terminal = isatty(process.stdout.fd);
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    interactive: process.stdin.isTTY && process.stderr.isTTY,
    columns: process.stdout.columns ?? Number.POSITIVE_INFINITY,
    terminal,
    // It looks at NO_COLOR and TERM, too.
    colors: terminal && process.stdout.hasColors(),
    // Asked anew each time: the window may change its width.
    get errorColumns() {
      return process.stderr.isTTY && process.env["TERM"] !== "dumb" ? process.stderr.columns : undefined;
    },
  };
}
