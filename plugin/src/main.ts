#!/usr/bin/env node
import { readFileSync } from "node:fs";
import path from "node:path";
import { SkillsError } from "@skills-registry/schema";
import { z } from "zod";
import { readCommandLine } from "./admin/find-command.ts";
import { helpText } from "./admin/help.ts";
import { runCommand } from "./admin/run-command.ts";
import { ConfigError, defaultSettings, PORT_MAX, readConfigFile, type Settings } from "./config-file.ts";
import { openStores } from "./open-stores.ts";
import type { RunningServer } from "./server.ts";
import { openPatiently } from "./start-patiently.ts";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

process.exitCode = await main(process.argv.slice(2));

/** Returns the exit code when there is nothing to run; a running server decides it later, when it is told to stop. */
async function main(argv: string[]): Promise<number> {
  try {
    const line = readCommandLine(argv);
    if (line.flags.has("help")) return print(helpText(line.command));
    if (line.flags.has("version")) return print(`${version()}\n`);
    const settings = withOptions(await settingsOf(line.options["config"]), line.options);
    if (line.command !== undefined) {
      return (await runCommand(line.command, line, settings)) ? 0 : EXIT_FAILED;
    }
    // Loading the host takes most of a second, which no command needs.
    const { startServer } = await import("./server.ts");
    const opening = openPatiently(async () => await openStores(settings.registry), { waiting: warn });
    const server = await startServer(settings, opening);
    print(greeting(server, settings));
    stopOnSignal(server);
    return 0;
  } catch (error) {
    return fail(error, argv.includes("--json"));
  }
}

async function settingsOf(config: string | undefined): Promise<Settings> {
  return config === undefined ? defaultSettings(process.cwd()) : await readConfigFile(config);
}

function withOptions(settings: Settings, { port: portText, data: folder }: Record<string, string>): Settings {
  const port = portText === undefined ? settings.port : Number(portText);
  if (!/^\d{1,5}$/.test(portText ?? "0") || port > PORT_MAX) {
    throw new ConfigError(`--port ${portText ?? ""}: is not a port number`);
  }
  const registry =
    folder === undefined ? settings.registry : { ...settings.registry, data: path.resolve(folder) };
  return { ...settings, port, registry };
}

/** The three commands a newcomer needs, and the way in for the first operator. */
function greeting({ url, setupCode }: RunningServer, settings: Settings): string {
  return `skills registry on ${url}/
data in ${settings.registry.data}

  npm login --scope=@your-name --registry=${url}/
  npm publish                  in the folder of a skill named @your-name/…
  npm search contract --registry=${url}/

${setupCode === null ? "" : setupText(url, setupCode)}`;
}

function setupText(url: string, code: string): string {
  return `This registry has no operator. To become the first one, open ${url}/setup
and enter the setup code ${code} (good once, until the next start).

`;
}

function stopOnSignal(server: RunningServer): void {
  const stop = (): void => {
    process.off("SIGTERM", stop).off("SIGINT", stop);
    // A second signal finds no handler, and ends the process at once.
    const leave = async (): Promise<void> => {
      await server.drain();
      await server.close();
    };
    leave().then(
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

function warn(text: string): void {
  process.stderr.write(`skills-registry: ${text}\n`);
}

function fail(error: unknown, asJson = false): number {
  const message = error instanceof Error ? error.message : String(error);
  const { code, hint } = error instanceof SkillsError ? error : { code: null, hint: null };
  if (asJson) process.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  process.stderr.write(`skills-registry: ${message}\n${hint === null ? "" : `${hint}\n`}`);
  const isUsage =
    error instanceof ConfigError || (error instanceof TypeError && "code" in error) || code === "EUSAGE";
  return isUsage ? EXIT_USAGE : EXIT_FAILED;
}

function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
