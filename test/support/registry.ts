import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { defaultSettings, type Settings } from "../../plugin/src/config-file.ts";
import type { Stores } from "../../plugin/src/open-stores.ts";
import { type RunningServer, startServer } from "../../plugin/src/server.ts";
import { jsonOf } from "./json.ts";
import { guardSecret } from "./leaks.ts";
import { dropTestStore, withTestStore } from "./test-store.ts";

export interface TestRegistry extends AsyncDisposable {
  url: string;
  dataDir: string;
  /** Registers an account and returns its token. */
  account(name: string): Promise<string>;
  /** A request to the registry; the path starts with `/`. */
  fetch(path: string, init?: RequestInit & { token?: string }): Promise<Response>;
}

export interface TestRegistryOptions {
  /** Changes to the default settings. */
  settings?: (settings: Settings) => Settings;
  /** Stores instead of the configured ones, for faults. */
  stores?: (settings: Settings) => Promise<Stores>;
}

export const PASSWORD = guardSecret("correct horse battery");

/** A real Verdaccio with the plugin, in this process, on a free loopback port with a fresh data folder. */
export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), "skills-registry-"));
  const base = defaultSettings(dataDir);
  const quiet = { ...base, port: 0, log: { ...base.log, level: "fatal", format: "json" } };
  const settings = await withTestStore(options.settings?.(quiet) ?? quiet);
  const server = await startServer(settings, options.stores?.(settings));
  return {
    ...clientOf(server),
    dataDir,
    async [Symbol.asyncDispose]() {
      await server.close();
      await dropTestStore(settings.registry.data);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function clientOf(server: RunningServer): Pick<TestRegistry, "url" | "account" | "fetch"> {
  const send: TestRegistry["fetch"] = async (address, { token, ...init } = {}) => {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    if (init.body !== undefined && !headers.has("content-type"))
      headers.set("content-type", "application/json");
    return await fetch(server.url + address, { ...init, headers });
  };
  return {
    url: server.url,
    fetch: send,
    async account(name) {
      const answer = await send(`/-/user/org.couchdb.user:${name}`, {
        method: "PUT",
        body: JSON.stringify({ name, password: PASSWORD }),
      });
      const body: unknown = await jsonOf(answer);
      if (typeof body === "object" && body !== null && "token" in body)
        return guardSecret(String(body.token));
      throw new Error(`no account ${name}: ${JSON.stringify(body)}`);
    },
  };
}
