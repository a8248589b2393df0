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
    function json(url: string, options: object): Promise<unknown>;
  }
  export default fetch;
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
