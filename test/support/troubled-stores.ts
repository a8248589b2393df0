import type { Settings } from "../../plugin/src/config-file.ts";
import { openStores, type Stores } from "../../plugin/src/open-stores.ts";

/** What calls of a store come to: they work, are refused by the network, or never end. */
type Trouble = "none" | "away" | "hanging";

/** The configured stores, with trouble on demand. Give them back whole before the registry closes. */
export interface TroubledStores {
  open: (settings: Settings) => Promise<Stores>;
  trouble: { metadata: Trouble; blobs: Trouble };
  /** Calls since the start, as `metadata.check`. */
  calls: string[];
}

/** What is read piece by piece, and the end. */
const UNTROUBLED: ReadonlySet<PropertyKey> = new Set(["integrities", "dump", "list", "close"]);

export function troubledStores(): TroubledStores {
  const trouble: TroubledStores["trouble"] = { metadata: "none", blobs: "none" };
  const calls: string[] = [];
  const troubled = <T extends object>(port: T, name: keyof typeof trouble): T =>
    new Proxy(port, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== "function") return method;
        if (UNTROUBLED.has(key)) return (...args: unknown[]): unknown => Reflect.apply(method, target, args);
        return (...args: unknown[]): unknown => {
          calls.push(`${name}.${String(key)}`);
          if (trouble[name] === "away") return Promise.reject(refusedConnection());
          if (trouble[name] === "hanging") return new Promise(() => {});
          return Reflect.apply(method, target, args);
        };
      },
    });
  return {
    async open(settings) {
      const stores = await openStores(settings.registry);
      const { metadata, blobs } = stores;
      return { ...stores, metadata: troubled(metadata, "metadata"), blobs: troubled(blobs, "blobs") };
    },
    trouble,
    calls,
  };
}

/** As Node.js says that nobody listens there. */
export function refusedConnection(): Error {
  return Object.assign(new Error("connect ECONNREFUSED 192.0.2.1:5432"), { code: "ECONNREFUSED" });
}
