import os from "node:os";
import type { Config } from "../config.ts";
import type { Settings } from "../config-file.ts";
import { requireRegistry } from "../moving/running.ts";
import { openBlobs, openMetadata, ownerOf } from "../open-stores.ts";
import type { Caller } from "../registry/caller.ts";
import { passwords } from "../registry/password.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Command, MovingContext, Outcome, StoreCommand } from "./command.ts";
import type { CommandLine } from "./find-command.ts";

/** Whoever can write to the database runs the registry: there is nobody to ask for a login. */
const OPERATOR: Caller = { account: null, token: null, operator: true, address: "this machine", local: true };

/** Runs a command on the stores of the settings, prints what it found, and returns whether that is good. */
export async function runCommand(command: Command, line: CommandLine, settings: Settings): Promise<boolean> {
  const context = movingContext(line, settings.registry);
  const outcome = "move" in command ? await command.move(context) : await runOnStores(command, context);
  const { text, json, failed } = outcome;
  await write(line.flags.has("json") && json !== undefined ? `${JSON.stringify(json)}\n` : text);
  return failed !== true;
}

function movingContext({ args, options, lists, flags }: CommandLine, config: Config): MovingContext {
  const progress = (text: string): void => void process.stderr.write(text);
  return { config, now: () => new Date(), args, options, lists, flags, write, progress };
}

async function runOnStores(command: StoreCommand, context: MovingContext): Promise<Outcome> {
  const { config } = context;
  // A folder that was mistyped would get an empty registry of its own.
  requireRegistry(config);
  const { metadata, nodes } = await openMetadata(config);
  let opened: Promise<Blobs> | undefined;
  const open = async (): Promise<Blobs> => {
    // What a node keeps on its disk says nothing about what the bucket has.
    const blobs = await openBlobs(config, config.blobs, { cached: false });
    await blobs.claim(await ownerOf(metadata));
    return blobs;
  };
  try {
    return await command.run({
      ...context,
      parts: { metadata, nodes, config, passwords: passwords(), now: () => nodes.now() },
      blobs: async () => await (opened ??= open()),
      caller: OPERATOR,
      by: userName(),
    });
  } finally {
    await opened?.then(
      async (blobs) => await blobs.close(),
      () => undefined,
    );
    await nodes.close();
    await metadata.close();
  }
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
