import { randomBytes } from "node:crypto";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { Nodes } from "../nodes.ts";

/** For a registry of one process: everything is in its memory. */
export function localNodes(): Nodes {
  const limiter = ({ name, points, seconds }: Parameters<Nodes["limiter"]>[0]) =>
    new RateLimiterMemory({ keyPrefix: name, points, duration: seconds });
  let salt = { hour: -1, text: "" };
  return {
    shared: false,
    limiter,
    looseLimiter: limiter,
    // The filter of the process itself has asked already.
    firstUses: async (_hour, hashes) => new Set(hashes),
    async clientSalt(hour) {
      if (salt.hour !== hour) salt = { hour, text: randomBytes(32).toString("base64") };
      return salt.text;
    },
    lease: localLeases(),
    agree: async (_name, value) => value,
    now: () => new Date(),
    close: async () => {},
  };
}

function localLeases(): Nodes["lease"] {
  /** By name: who has it, and until when by the monotonic clock of the process. */
  const held = new Map<string, { holder: symbol; until: number }>();
  const endOf = (seconds: number): number => performance.now() + seconds * 1000;
  return async (name, seconds) => {
    for (const [other, { until }] of held) if (until <= performance.now()) held.delete(other);
    if (held.has(name)) return undefined;
    const holder = Symbol(name);
    held.set(name, { holder, until: endOf(seconds) });
    const isMine = (): boolean => held.get(name)?.holder === holder;
    return {
      async extend(more) {
        if (!isMine()) return false;
        held.set(name, { holder, until: endOf(more) });
        return true;
      },
      async end() {
        if (isMine()) held.delete(name);
      },
    };
  };
}
