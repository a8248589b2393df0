import path from "node:path";
import { cleanEnvironment, type Outcome, run } from "./process.ts";

const MAIN = path.resolve(import.meta.dirname, "../../plugin/src/main.ts");

/** Runs a command of skills-registry on the data of a registry, in a process of its own. */
export async function registryCommand(dataDir: string, args: string[]): Promise<Outcome> {
  return await run(process.execPath, ["--conditions=source", MAIN, ...args, "--data", dataDir], {
    cwd: dataDir,
    env: cleanEnvironment(),
  });
}
