/** What we use of npm's libraries that come without types, or with types of another version. */

declare module "@npmcli/config" {
  interface ConfigOptions {
    definitions: unknown;
    shorthands: object;
    flatten: unknown;
    nerfDarts: string[];
    npmPath: string;
    env: Record<string, string | undefined>;
    argv: string[];
    cwd: string;
    warn: boolean;
  }
  export default class Config {
    constructor(options: ConfigOptions);
    readonly flat: Record<string, unknown>;
    load(): Promise<void>;
    isDefault(key: string): boolean;
    /** Where a value comes from: `cli`, `env`, `project`, `user` … */
    find(key: string): string | null;
    /** The value, or the one that holds without what stands above `where`. */
    get(key: string, where?: "user" | "global" | "builtin" | "default"): unknown;
    set(key: string, value: string, where: "user"): void;
    save(where: "user"): Promise<void>;
    getCredentialsByURI(uri: string): { token?: string };
    setCredentialsByURI(uri: string, credentials: { token: string }): void;
    clearCredentialsByURI(uri: string, where: "user"): void;
  }
}

declare module "@npmcli/config/lib/definitions/index.js" {
  const configuration: { definitions: unknown; flatten: unknown; nerfDarts: string[] };
  export default configuration;
}

declare module "write-file-atomic" {
  export default function writeFileAtomic(
    path: string,
    data: string | Uint8Array,
    options?: { mode?: number; fsync?: boolean },
  ): Promise<void>;
}

declare module "npm-pick-manifest" {
  export default function pickManifest(packument: object, wanted: string, options: object): unknown;
}

declare module "npm-registry-fetch" {
  import type { Readable } from "node:stream";
  interface Answer {
    status: number;
    headers: { get(name: string): string | null };
    body: Readable;
    json(): Promise<unknown>;
  }
  function fetch(url: string, options: object): Promise<Answer>;
  namespace fetch {
    function getAuth(
      url: string,
      options: object,
    ): { token: string | null; auth: string | null; cert: string | null };
  }
  export default fetch;
}

declare module "cacache" {
  interface CacheEntry {
    key: string;
    integrity: string;
    /** Of the file with the bytes. */
    path: string;
    size: number;
    /** Milliseconds since 1970. */
    time: number;
    metadata: unknown;
  }
  const cacache: {
    get: { info(folder: string, key: string): Promise<CacheEntry | null> };
    put(folder: string, key: string, data: Uint8Array, options: { metadata: unknown }): Promise<string>;
    rm: {
      content(folder: string, integrity: string): Promise<unknown>;
      entry(folder: string, key: string, options: { removeFully: boolean }): Promise<unknown>;
    };
    ls(folder: string): Promise<Record<string, CacheEntry>>;
  };
  export default cacache;
}

declare module "@npmcli/map-workspaces" {
  export default function mapWorkspaces(options: { cwd: string; pkg: object }): Promise<Map<string, string>>;
}

declare module "@npmcli/promise-spawn" {
  interface SpawnOptions {
    env: Readonly<Record<string, string | undefined>>;
    stdio: "ignore";
    detached: boolean;
  }
  function spawn(command: string, args: string[], options: SpawnOptions): Promise<unknown>;
  namespace spawn {
    function open(address: string, options: SpawnOptions): Promise<unknown>;
  }
  export default spawn;
}
