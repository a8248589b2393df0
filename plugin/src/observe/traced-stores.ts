import type { Blobs } from "../store/blobs.ts";
import type { Metadata } from "../store/metadata.ts";
import type { Tracing } from "./tracing.ts";

/** The ports with a span around each call: `metadata.package`, `metadata.transaction`, `blobs.open`. The same ports where nothing is traced. */
export function tracedStores<T extends { metadata: Metadata; blobs: Blobs }>(stores: T, tracing: Tracing): T {
  if (!tracing.on) return stores;
  return {
    ...stores,
    metadata: traced(stores.metadata, "metadata", tracing),
    blobs: traced(stores.blobs, "blobs", tracing),
  };
}

/** Methods that answer piece by piece: nobody knows when their span would end. */
type Streamed<T> = {
  [K in keyof T]-?: T[K] extends (...args: never[]) => AsyncIterable<unknown> ? K : never;
}[keyof T];

/** All of them, so says the compiler; the wrapper would make promises of them. */
const STREAMED: Record<Streamed<Metadata> | Streamed<Blobs>, true> = {
  integrities: true,
  dump: true,
  list: true,
};

function traced<T extends object>(port: T, prefix: string, tracing: Tracing): T {
  return new Proxy(port, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== "function") return method;
      // Called on the port itself: its private fields are not those of this wrapper.
      if (key in STREAMED || key === "close")
        return (...args: unknown[]) => Reflect.apply(method, target, args);
      return async (...args: unknown[]): Promise<unknown> =>
        await tracing.span(`${prefix}.${String(key)}`, async () => await Reflect.apply(method, target, args));
    },
  });
}
