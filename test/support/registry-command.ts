import path from "node:path";
import { cleanEnvironment, type Outcome, run } from "./process.ts";
import { testStoreOptions } from "./test-store.ts";

const MAIN = path.resolve(import.meta.dirname, "../../plugin/src/main.ts");

/** Runs a command of skills-registry on the data of a registry, in a process of its own. */
export async function registryCommand(dataDir: string, args: string[]): Promise<Outcome> {
  const store = await testStoreOptions(dataDir, args);
  return await run(process.execPath, ["--conditions=source", MAIN, ...args, ...store, "--data", dataDir], {
    cwd: dataDir,
    env: cleanEnvironment(),
  });
}
