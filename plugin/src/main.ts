#!/usr/bin/env node
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { ConfigError, defaultSettings, PORT_MAX, readConfigFile, type Settings } from "./config-file.ts";
import { openStores } from "./open.ts";
import { reindex } from "./registry/reindex.ts";
import { type RunningServer, startServer } from "./server.ts";

const HELP = `Usage: skills-registry [reindex] [options]

Starts a skills registry. With reindex, builds the search index anew instead; a running registry may go on.

Options:
  --config <file>  configuration; see config.yaml for every key and its default
  --port <number>  port to listen on, 0 for any free one (default 4873)
  --data <folder>  folder of the database and the tarballs (default ./data)
  --version        print the version
  --help           print this help
`;

/** Packages between two lines of progress: some seconds. */
const PROGRESS_EVERY = 1_000;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

process.exitCode = await main(process.argv.slice(2));

/** Returns the exit code when there is nothing to run; a running server decides it later, when it is told to stop. */
async function main(argv: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        config: { type: "string" },
        port: { type: "string" },
        data: { type: "string" },
        version: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    if (values.help === true) return print(HELP);
    if (values.version === true) return print(`${version()}\n`);
    const settings = withOptions(await settingsOf(values.config), values);
    if (isReindex(positionals)) return await rebuildSearch(settings);
    const server = await startServer(settings);
    print(greeting(server.url, settings));
    stopOnSignal(server);
    return 0;
  } catch (error) {
    return fail(error);
  }
}

function isReindex(positionals: string[]): boolean {
  const [command, extra] = positionals;
  const unknown = command === "reindex" ? extra : command;
  if (unknown !== undefined) throw new ConfigError(`unknown command or argument: ${unknown}`);
  return command === "reindex";
}

async function rebuildSearch(settings: Settings): Promise<number> {
  const { metadata, blobs } = await openStores(settings.registry);
  try {
    const { packages } = await metadata.counts();
    const done = await reindex({
      metadata,
      now: () => new Date(),
      progress: (count) =>
        void (
          count % PROGRESS_EVERY === 0 && process.stderr.write(`${count} of about ${packages} packages\n`)
        ),
    });
    return print(`indexed ${done} packages\n`);
  } finally {
    await metadata.close();
    await blobs.close();
  }
}

async function settingsOf(config: string | undefined): Promise<Settings> {
  return config === undefined ? defaultSettings(process.cwd()) : await readConfigFile(config);
}

function withOptions(
  settings: Settings,
  options: { port?: string | undefined; data?: string | undefined },
): Settings {
  const port = options.port === undefined ? settings.port : Number(options.port);
  if (!/^\d{1,5}$/.test(options.port ?? "0") || port > PORT_MAX) {
    throw new ConfigError(`--port ${options.port ?? ""}: is not a port number`);
  }
  const data = options.data === undefined ? settings.registry.data : path.resolve(options.data);
  return { ...settings, port, registry: { ...settings.registry, data } };
}

/** The three commands a newcomer needs. */
function greeting(url: string, settings: Settings): string {
  return `skills registry on ${url}/
data in ${settings.registry.data}

  npm login --scope=@your-name --registry=${url}/
  npm publish                  in the folder of a skill named @your-name/…
  npm search contract --registry=${url}/

`;
}

function stopOnSignal(server: RunningServer): void {
  const stop = (): void => {
    process.off("SIGTERM", stop).off("SIGINT", stop);
    server.close().then(
      () => process.exit(0),
      (error: unknown) => process.exit(fail(error)),
    );
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function fail(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`skills-registry: ${message}\n`);
  const usage = error instanceof ConfigError || (error instanceof TypeError && "code" in error);
  return usage ? EXIT_USAGE : EXIT_FAILED;
}

function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
