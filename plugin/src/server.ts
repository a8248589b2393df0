import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Settings } from "./config-file.ts";
import { guard } from "./guard.ts";
import { buildRegistry } from "./open.ts";
import { watchRequests } from "./leaving.ts";
import { openStores, type Stores } from "./open-stores.ts";
import { reasonOf } from "./observe/reason.ts";
import { openSetup } from "./registry/setup.ts";
import { createHost, trustsOfHost } from "./verdaccio/create-host.ts";
import { ROLES } from "./verdaccio/host.ts";
import type { Shared } from "./verdaccio/sharing.ts";

export interface RunningServer {
  /** Address of the registry, without a trailing slash. */
  url: string;
  /** Makes whoever has it the first operator, once; null where there is one. */
  setupCode: string | null;
  /** Tells balancers that the node leaves, and goes on answering for as long as the configuration says (`skills.drainSeconds`), at least until busy clients know. */
  drain(): Promise<void>;
  /** Stops taking requests, finishes those under way, closes the stores. */
  close(): Promise<void>;
}

/** Base64 is a third larger than the tarball, and the document around it holds a readme. */
const BODY_FACTOR = 1.4;
const BODY_EXTRA = 2 * 1024 * 1024;

/**
 * Starts Verdaccio with the three roles over one registry, behind the guard. Rejects, having closed what it opened, when a role
 * is missing: a registry without its gate would accept everything. `openingStores` lets a test put its own in.
 */
export async function startServer(
  settings: Settings,
  openingStores: Promise<Stores> = openStores(settings.registry),
): Promise<RunningServer> {
  const registry = await buildRegistry(settings.registry, await openingStores);
  try {
    const shared: Shared = { registry: Promise.resolve(registry), roles: new Set() };
    const maxBody = Math.ceil(settings.registry.limits.tarball * BODY_FACTOR) + BODY_EXTRA;
    const server = await createHost(settings, { maxBody, handover: () => shared });
    requireRoles(shared);
    const { parts, observer } = registry.services;
    guard(server, { parts, observer, trusts: trustsOfHost(server), maxBody });
    const leaving = watchRequests(server);
    const setupCode = await openSetup(parts);
    server.listen(settings.port, settings.host);
    await once(server, "listening");
    // Not before the node answers: it takes some tens of milliseconds, and the first scrape can wait for it.
    observer.metrics.load().catch((error: unknown) => observer.log.warn(`no metrics: ${reasonOf(error)}`));
    return {
      url: urlOf(server, settings),
      setupCode,
      async drain() {
        observer.readiness.drain();
        leaving.sendElsewhere();
        await wait(settings.registry.drainSeconds * 1000);
        await leaving.told();
      },
      async close() {
        observer.readiness.drain();
        leaving.sendElsewhere();
        await leaving.stop();
        await registry.close();
      },
    };
  } catch (error) {
    await registry.close();
    throw error;
  }
}

function requireRoles(shared: Shared): void {
  const missing = ROLES.filter((role) => !shared.roles.has(role));
  if (missing.length > 0) {
    throw new Error(`the host did not load the skills plugin as ${missing.join(", ")}: refusing to start`);
  }
}

function urlOf(server: Server, settings: Settings): string {
  if (settings.registry.publicUrl !== null) return settings.registry.publicUrl;
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === "object" && address !== null ? address.port : settings.port;
  const host = settings.host.includes(":") ? `[${settings.host}]` : settings.host;
  return `http://${host}:${port}`;
}
