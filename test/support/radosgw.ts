import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import type { S3Config } from "../../plugin/src/config.ts";
import { freePort } from "./free-port.ts";
import { type S3Account, s3Settings } from "./s3-server.ts";

const run = promisify(execFile);

const PROGRAMS = ["monmaptool", "ceph", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin"];
const READER = "reader";
/** An empty cluster answers after some twelve seconds. */
const START_MS = 60_000;
/** For one gateway; it takes three seconds where nothing else runs. */
const GATEWAY_MS = 30_000;
/** Who asks the monitor before it knows the monitor's name for the cluster is told that it is of another one, and gives up. */
const TRIES = 5;

export interface Radosgw extends AsyncDisposable {
  /** May do everything. */
  account: S3Account;
  /** May read the buckets of `account`, and nothing else. */
  reader: S3Account;
  /** A new, empty bucket of `account`: settings for the section `blobs` of the configuration. */
  makeBucket(): Promise<S3Config>;
  /** Process of the gateway, for faults: SIGSTOP makes it hang. */
  pid: number;
}

/** True where Debian's packages radosgw, ceph-mon and ceph-osd are installed. Throws where SKILLS_REQUIRE_RADOSGW=1 says they have to be. */
export async function hasRadosgw(): Promise<boolean> {
  const found = await Promise.all(PROGRAMS.map(isThere));
  if (found.every(Boolean)) return true;
  const missing = PROGRAMS.filter((_, index) => found[index] === false).join(", ");
  if (process.env["SKILLS_REQUIRE_RADOSGW"] === "1")
    throw new Error(`radosgw cannot be started: no ${missing}`);
  return false;
}

async function isThere(program: string): Promise<boolean> {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const found = await Promise.all(
    folders.map((folder) =>
      access(path.join(folder, program), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** Ceph's S3 gateway over a cluster of one monitor and one store in memory, on free loopback ports, in a new folder. */
export async function startRadosgw(): Promise<Radosgw> {
  const dir = await mkdtemp(path.join(os.tmpdir(), "skills-radosgw-"));
  const cluster = new Cluster(dir);
  try {
    return await cluster.start();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

class Cluster {
  readonly #dir: string;
  readonly #conf: string;
  readonly #daemons: ChildProcess[] = [];

  constructor(dir: string) {
    this.#dir = dir;
    this.#conf = path.join(dir, "ceph.conf");
  }

  async start(): Promise<Radosgw> {
    const [monitor, gateway] = [await freePort(), await freePort()];
    const id = randomUUID();
    for (const folder of ["mon", "osd", "run"]) await mkdir(path.join(this.#dir, folder));
    await writeFile(this.#conf, confOf(this.#dir, { id, monitor, gateway }));
    await this.#startMonitor(id, monitor);
    await this.#startStore();
    const endpoint = `http://127.0.0.1:${gateway}`;
    const account = await this.#makeUser(endpoint, "registry");
    const reader = await this.#makeUser(endpoint, READER, "--max-buckets=-1");
    const process = await this.#startGateway(endpoint);
    return {
      account,
      reader,
      makeBucket: async () => await makeBucket(account),
      pid: process.pid ?? 0,
      [Symbol.asyncDispose]: async () => await this.stop(),
    };
  }

  /** One in some dozens never answers on a busy machine; another one does. */
  async #startGateway(endpoint: string): Promise<ChildProcess> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const gateway = this.#spawn("radosgw", "-n", "client.rgw", "-f");
      if (await isAnswering(endpoint, gateway)) return gateway;
      await end(gateway);
    }
    throw new Error("radosgw did not start");
  }

  async stop(): Promise<void> {
    for (const daemon of this.#daemons.toReversed()) await end(daemon);
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #startMonitor(id: string, port: number): Promise<void> {
    const map = path.join(this.#dir, "monmap");
    await run("monmaptool", ["--create", "--addv", "a", `[v1:127.0.0.1:${port}]`, "--fsid", id, map]);
    await run("ceph-mon", ["-c", this.#conf, "--mkfs", "-i", "a", "--monmap", map]);
    this.#spawn("ceph-mon", "-i", "a", "-f");
  }

  async #startStore(): Promise<void> {
    const id = randomUUID();
    await this.#ceph("osd", "new", id);
    await run("ceph-osd", ["-c", this.#conf, "-i", "0", "--mkfs", "--osd-uuid", id]);
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (await this.#isUp(this.#spawn("ceph-osd", "-i", "0", "-f"))) return;
    }
    throw new Error("ceph-osd did not start");
  }

  async #isUp(store: ChildProcess): Promise<boolean> {
    const deadline = Date.now() + START_MS;
    while (store.exitCode === null && Date.now() < deadline) {
      if (/\b1 up\b/.test(await this.#ceph("osd", "stat"))) return true;
      await sleep(100);
    }
    return false;
  }

  async #ceph(...command: string[]): Promise<string> {
    for (let tries = 1; ; tries += 1) {
      try {
        return (await run("ceph", ["-c", this.#conf, "--connect-timeout", "30", ...command])).stdout;
      } catch (error) {
        if (tries === TRIES) throw error;
      }
    }
  }

  async #makeUser(endpoint: string, name: string, ...more: string[]): Promise<S3Account> {
    const [accessKeyId, secretAccessKey] = [`KEY${name.toUpperCase()}`, randomUUID()];
    const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`];
    const made = ["user", "create", `--uid=${name}`, `--display-name=${name}`, ...keys, ...more];
    await run("radosgw-admin", ["-c", this.#conf, "-n", "client.rgw", ...made], { timeout: START_MS });
    return { endpoint, accessKeyId, secretAccessKey };
  }

  #spawn(program: string, ...flags: string[]): ChildProcess {
    const daemon = spawn(program, ["-c", this.#conf, ...flags], { cwd: this.#dir, stdio: "ignore" });
    this.#daemons.push(daemon);
    return daemon;
  }
}

interface ClusterPlace {
  id: string;
  monitor: number;
  gateway: number;
}

/** Nothing here has to survive, or to be kept from anybody: one copy in memory, no passwords between the parts. */
function confOf(dir: string, { id, monitor, gateway }: ClusterPlace): string {
  return `[global]
fsid = ${id}
mon host = [v1:127.0.0.1:${monitor}]
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd crush chooseleaf type = 0
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
mon data = ${dir}/mon
osd data = ${dir}/osd
run dir = ${dir}/run
pid file = ${dir}/run/$name.pid
admin socket = ${dir}/run/$name.asok
log file = ${dir}/run/$name.log
[osd]
osd objectstore = memstore
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${gateway} tcp_nodelay=1
rgw data = ${dir}/run
`;
}

async function makeBucket(account: S3Account): Promise<S3Config> {
  const { endpoint, ...credentials } = account;
  const client = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
  const Bucket = `skills-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  const statement = {
    Effect: "Allow",
    Principal: { AWS: [`arn:aws:iam:::user/${READER}`] },
    Action: ["s3:ListBucket", "s3:GetObject"],
    Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  client.destroy();
  return s3Settings(account, Bucket);
}

async function isAnswering(endpoint: string, daemon: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + GATEWAY_MS;
  while (daemon.exitCode === null && Date.now() < deadline) {
    const answer = await fetch(endpoint, { signal: AbortSignal.timeout(GATEWAY_MS) }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return true;
    await sleep(100);
  }
  return false;
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.pid === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
  const gone = new Promise((resolve) => daemon.once("exit", resolve));
  // Also one that a test has stopped.
  daemon.kill("SIGKILL");
  await gone;
}
