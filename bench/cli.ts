import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { commandTables } from "./cli-commands.ts";
import { installTables } from "./cli-install.ts";
import { installedProjects } from "./cli-projects.ts";
import { conditions, setUp } from "./cli-setup.ts";
import { ourServer } from "./servers.ts";

/** Whole processes: 50 skills into an empty project, and the commands that look at them, beside what people use today. */
export async function benchCli(): Promise<string> {
  await using server = await ourServer();
  const root = await mkdtemp(path.join(os.tmpdir(), "bench-cli-"));
  try {
    const bench = await setUp(server, root);
    const projects = installedProjects(bench);
    const texts = [await conditions(bench)];
    texts.push(await installTables(bench, projects), await commandTables(bench, projects));
    return texts.join("\n");
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
