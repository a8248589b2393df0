import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Settings } from "../../plugin/src/config-file.ts";
import { openStores } from "../../plugin/src/open-stores.ts";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { makeDatabase, postgresSettings } from "./postgres-databases.ts";
import { startRegistry, type TestRegistry } from "./registry.ts";

/** A registry of two nodes: one database, one folder of tarballs, one key. */
export interface TwoNodes extends AsyncDisposable {
  a: TestRegistry;
  b: TestRegistry;
  /** What node A works with, for what no request can bring about. */
  metadata: Metadata;
}

/** Two nodes in this process, each with all that one keeps in memory. `change` is applied to the settings of both. */
export async function startTwoNodes(change = (settings: Settings): Settings => settings): Promise<TwoNodes> {
  await using stack = new AsyncDisposableStack();
  const shared = await mkdtemp(path.join(os.tmpdir(), "skills-nodes-"));
  stack.defer(async () => await rm(shared, { recursive: true, force: true }));
  const database = stack.use(await makeDatabase());
  const opened: Metadata[] = [];
  const node = async (): Promise<TestRegistry> =>
    stack.use(
      await startRegistry({
        settings: (settings) => change(onDatabase(settings, { shared, url: database.url })),
        stores: async ({ registry }) => {
          const stores = await openStores(registry);
          opened.push(stores.metadata);
          return stores;
        },
      }),
    );
  const [a, b] = [await node(), await node()];
  const [metadata] = opened;
  if (metadata === undefined) throw new Error("no stores were opened");
  const resources = stack.move();
  return { a, b, metadata, [Symbol.asyncDispose]: async () => await resources.disposeAsync() };
}

function onDatabase(settings: Settings, { shared, url }: { shared: string; url: string }): Settings {
  const secretFile = path.join(shared, "secret.key");
  const metadata = postgresSettings(url);
  return {
    ...settings,
    registry: { ...settings.registry, data: shared, secretFile, metadata, blobs: { type: "disk" } },
  };
}
