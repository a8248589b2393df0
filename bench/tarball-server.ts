import { once } from "node:events";
import { defaultSettings } from "../plugin/src/config-file.ts";
import { buildRegistry, type Registry } from "../plugin/src/open.ts";
import { openStores } from "../plugin/src/open-stores.ts";
import type { DownloadCounter } from "../plugin/src/registry/downloads.ts";
import { createHost } from "../plugin/src/verdaccio/create-host.ts";

/**
 * The registry in a process of its own, with its counter or with none: `tarball-server.ts counting|silent <folder>`.
 * Sends its port, then the processor time it has used, in microseconds, whenever it is asked.
 * Addresses come from X-Forwarded-For, so that one client can be many.
 */
const [mode, folder = ""] = process.argv.slice(2);
const BODY_MAX = 1024 * 1024;

const base = defaultSettings(folder);
const settings = {
  ...base,
  server: { ...base.server, trustProxy: true },
  log: { ...base.log, level: "fatal" },
};
const registry = await buildRegistry(settings.registry, await openStores(settings.registry));
const handedOver: Registry = mode === "silent" ? withoutCounter(registry) : registry;
const server = await createHost(settings, {
  maxBody: BODY_MAX,
  handover: () => ({ registry: Promise.resolve(handedOver), roles: new Set() }),
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
process.send?.(typeof address === "object" ? address?.port : undefined);
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});

function withoutCounter(counting: Registry): Registry {
  const nothing = async (): Promise<void> => undefined;
  const downloads: DownloadCounter = {
    count: () => undefined,
    countInstall: () => undefined,
    pending: () => 0,
    flush: nothing,
    close: nothing,
  };
  return { ...counting, services: { ...counting.services, downloads } };
}
