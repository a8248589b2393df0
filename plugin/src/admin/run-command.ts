import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { SkillsError } from "@skills-registry/schema";
import type { Settings } from "../config-file.ts";
import type { Caller } from "../registry/caller.ts";
import { passwords } from "../registry/password.ts";
import { openSqlite } from "../store/metadata/sqlite/open.ts";
import type { Command, CommandContext } from "./command.ts";
import type { CommandLine } from "./find-command.ts";

/** Whoever can write to the database runs the registry: there is nobody to ask for a login. */
const OPERATOR: Caller = { account: null, token: null, operator: true, address: "this machine", local: true };

/** Runs a command on the stores of the settings, prints what it found, and returns whether that is good. */
export async function runCommand(command: Command, line: CommandLine, settings: Settings): Promise<boolean> {
  requireRegistry(settings);
  const metadata = await openSqlite({ file: databaseOf(settings) });
  try {
    const { args, options, flags } = line;
    const context: CommandContext = {
      parts: { metadata, config: settings.registry, passwords: passwords(), now: () => new Date() },
      caller: OPERATOR,
      by: userName(),
      args,
      options,
      flags,
      write,
      progress: (text) => void process.stderr.write(text),
    };
    const { text, json, failed } = await command.run(context);
    await write(flags.has("json") && json !== undefined ? `${JSON.stringify(json)}\n` : text);
    return failed !== true;
  } finally {
    await metadata.close();
  }
}

/** A folder that was mistyped would get an empty registry of its own. */
function requireRegistry(settings: Settings): void {
  if (existsSync(databaseOf(settings))) return;
  throw new SkillsError("ENOTFOUND", `there is no registry in ${settings.registry.data}`, {
    hint: "Name its folder with --data or its configuration with --config, or start it once.",
  });
}

function databaseOf({ registry: { data } }: Settings): string {
  return path.join(data, "registry.sqlite");
}

/** Containers often run under a number that has no name. */
function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** Waits for a slow reader of a pipe. */
async function write(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => (error instanceof Error ? reject(error) : resolve()));
  });
}
