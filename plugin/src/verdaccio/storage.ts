import { randomBytes } from "node:crypto";
import type { Shared } from "./sharing.ts";

/** The host insists on a secret of exactly 32 characters; nothing is signed or encrypted with it here. */
const SECRET_CHARACTERS = 32;

type Done = (error: Error | null, result?: unknown) => void;

/** Everything the host could ask of a package's storage is answered with an error: reads find nothing, writes are refused. */
const refusingPackage = new Proxy(
  {},
  {
    get(_target, operation) {
      return (...parameters: unknown[]) => {
        const done = parameters.findLast((parameter) => typeof parameter === "function");
        const error = Object.assign(new Error(`${String(operation)}: the host's storage is not used`), {
          status: 503,
        });
        if (done === undefined) throw error;
        done(error);
      };
    },
  },
);

/** The store role: holds nothing, refuses every write, and fails the host's start when the registry cannot open. */
export function storageRole(shared: Shared): {
  getSecret(): Promise<string>;
  setSecret(secret: string): Promise<string>;
  get(done: Done): void;
  add(name: string, done: Done): void;
  remove(name: string, done: Done): void;
  search(onPackage: unknown, onEnd: Done): void;
  getPackageStorage(): object;
  saveToken(): Promise<never>;
  deleteToken(): Promise<never>;
  readTokens(): Promise<never[]>;
} {
  const refuse = (_name: string, done: Done): void => done(new Error("the host's storage is not used"));
  return {
    async getSecret() {
      shared.roles.add("storage");
      await shared.registry;
      return randomBytes(SECRET_CHARACTERS / 2).toString("hex");
    },
    setSecret: async (secret) => secret,
    get: (done) => done(null, []),
    add: refuse,
    remove: refuse,
    search: (_onPackage, onEnd) => onEnd(null),
    getPackageStorage: () => refusingPackage,
    saveToken: async () => await Promise.reject(new Error("the host's tokens are not used")),
    deleteToken: async () => await Promise.reject(new Error("the host's tokens are not used")),
    readTokens: async () => [],
  };
}
