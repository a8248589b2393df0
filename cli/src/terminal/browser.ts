import { setTimeout as wait } from "node:timers/promises";
import { usageError } from "../usage-error.ts";
import type { World } from "../world.ts";

/** A browser that is still running then was opened: some stay in the foreground until they are closed. Milliseconds. */
const PATIENCE = 3_000;

/**
 * Opens an address with the browser of the system; false where there is none. npm's library, because every system does it
 * through a shell, and it escapes the address for each. `.npmrc` has no say in the program: a project's one could name any.
 */
export async function openBrowser({ env }: Pick<World, "env">, address: string): Promise<boolean> {
  // What is no web address could be a file or a program to the system.
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? "")) throw usageError(`${address} is no web address`);
  const { default: spawn } = await import("@npmcli/promise-spawn");
  const opened = spawn.open(address, { env, stdio: "ignore", detached: true }).then(
    () => true,
    () => false,
  );
  return Promise.race([opened, wait(PATIENCE, true, { ref: false })]);
}
