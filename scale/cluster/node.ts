import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MetadataConfig, S3Config } from "../../plugin/src/config.ts";
import { freePort } from "../../test/support/free-port.ts";
import { answering, isGood, type Program, startProgram } from "./program.ts";

const MAIN = path.resolve(import.meta.dirname, "../../plugin/src/main.ts");
const LOOPBACK = "127.0.0.1";
const STARTS_MAX = 20;
const RESTART_MS = 500;
const CLOCK = path.resolve(import.meta.dirname, "../faults/shift-clock.ts");

/** What the nodes of a registry share. */
export interface Shared {
  metadata?: MetadataConfig;
  blobs?: S3Config;
  /** The key in hex; all nodes have the same. */
  secret: string;
  publicUrl: string | null;
}

export interface NodePlace {
  name: string;
  /** Address that the others reach it at. */
  host?: string;
  /** Program and arguments that it is started by, as in a network namespace. */
  within?: string[];
  /** Folder of its data; one of its own when there is none. */
  data?: string;
}

/** One node as its own process, with a configuration file as an operator would write it. */
export class RegistryNode implements AsyncDisposable {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The configuration file. */
  readonly config: string;
  readonly #within: string[];
  #program: Program;

  private constructor(
    { name, host = LOOPBACK, within = [] }: NodePlace,
    made: { port: number; config: string },
  ) {
    this.name = name;
    this.host = host;
    this.port = made.port;
    this.config = made.config;
    this.#within = within;
    this.#program = this.#launch();
  }

  /** Resolves when it is ready. */
  static async start(shared: Shared, place: NodePlace): Promise<RegistryNode> {
    const { name, host = LOOPBACK } = place;
    const dir = await mkdtemp(path.join(os.tmpdir(), `skills-${name}-`));
    const data = place.data ?? path.join(dir, "data");
    await mkdir(data, { recursive: true });
    const port = await freePort();
    const config = path.join(dir, "config.yaml");
    await writeFile(path.join(dir, "secret.key"), shared.secret, { mode: 0o600 });
    await writeFile(config, configText(shared, { listen: `${host}:${port}`, data, name }));
    const node = new RegistryNode(place, { port, config });
    try {
      await answering(`${node.url}/-/health/ready`, node.program);
      return node;
    } catch (error) {
      await node[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  get program(): Program {
    return this.#program;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#program.end("SIGKILL");
  }

  /** Starts it again, perhaps with a clock that is wrong by these seconds; resolves when the process answers. */
  async restart(clock = 0): Promise<void> {
    const launch = (): Program => (this.#program = this.#launch(clock));
    launch();
    await supervised(async () => await answering(`${this.url}/-/health/live`, this.#program), launch);
  }

  /** Answers 200 to /-/health/ready. */
  async isReady(): Promise<boolean> {
    return await isGood(`${this.url}/-/health/ready`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.end("SIGTERM");
    await rm(path.dirname(this.config), { recursive: true, force: true });
  }

  #launch(clock = 0): Program {
    const shifted = clock === 0 ? [] : ["--import", CLOCK];
    const node = [process.execPath, "--conditions=source", ...shifted, MAIN, "--config", this.config];
    const [command = "", ...args] = [...this.#within, ...node];
    const env = { ...process.env, CLOCK_SHIFT_SECONDS: String(clock) };
    return startProgram({ command, args, cwd: path.dirname(this.config), env });
  }
}

/** As systemd or Kubernetes would: a node that ends because something is missing is started again. */
async function supervised(started: () => Promise<void>, again: () => void): Promise<void> {
  for (let left = STARTS_MAX; ; left -= 1) {
    try {
      return await started();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(RESTART_MS);
      again();
    }
  }
}

function configText(shared: Shared, own: { listen: string; data: string; name: string }): string {
  const roles = { store: { skills: {} }, auth: { skills: {} }, middlewares: { skills: {} } };
  const { metadata, blobs, publicUrl } = shared;
  // JSON is YAML.
  return JSON.stringify({
    listen: own.listen,
    server: { trustProxy: 1 },
    log: { type: "stdout", format: "json", level: "warn" },
    ...roles,
    skills: {
      data: own.data,
      node: own.name,
      secretFile: "./secret.key",
      publicUrl,
      metadata,
      blobs,
      // A load generator is one client.
      requestsPerMinute: 1_000_000_000,
    },
  });
}
