import type { Server } from "node:http";
import { runServer } from "verdaccio";
import type { Settings } from "../config-file.ts";
import type { Handover } from "./sharing.ts";

/** Verdaccio's HTTP server with the plugin in its three roles, not yet listening. `maxBody` in bytes. */
export async function createHost(settings: Settings, ours: Handover & { maxBody: number }): Promise<Server> {
  const config = {
    self_path: settings.file,
    configPath: settings.file,
    listen: `${settings.host}:${settings.port}`,
    max_body_size: ours.maxBody,
    server: settings.server,
    log: settings.log,
    // No `storage:`: without our store role the host has none, and does not start.
    store: { skills: {} },
    auth: { skills: {} },
    middlewares: { skills: {} },
    uplinks: {},
    packages: {},
    web: { enable: false },
    skills: { handover: ours.handover },
  };
  // The host's own type wants `storage`, and knows nothing of plugin sections.
  return (await runServer(config as unknown as Parameters<typeof runServer>[0])) as Server;
}
