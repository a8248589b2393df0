import type { Server } from "node:http";
import { runServer } from "verdaccio";
import type { Settings } from "../config-file.ts";
import type { Trusts } from "../http/request-id.ts";
import { isHostApp, trustsOf } from "./host.ts";
import type { Handover } from "./sharing.ts";

/** Verdaccio's HTTP server with the plugin in its three roles, not yet listening. `maxBody` in bytes. */
export async function createHost(settings: Settings, ours: Handover & { maxBody: number }): Promise<Server> {
  const config = {
    self_path: settings.file,
    configPath: settings.file,
    listen: `${settings.host}:${settings.port}`,
    max_body_size: ours.maxBody,
    server: settings.server,
    // Headers hold addresses where the browser has been, and more that is no log's business.
    log: { ...settings.log, redact: { paths: ["req.headers"], remove: true } },
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

/** Whose headers the host believes. It has to be asked before anything stands in front of the host. */
export function trustsOfHost(server: Server): Trusts {
  const app: unknown = server.listeners("request").find(isHostApp);
  return isHostApp(app) ? trustsOf(app) : () => false;
}
