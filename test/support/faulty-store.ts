import type { Blobs } from "../../plugin/src/store/blobs.ts";
import type { DiskFile, DiskFileSystem } from "../../plugin/src/store/blobs/file-system.ts";
import type { Metadata, MetadataWriter, Scope } from "../../plugin/src/store/metadata.ts";

/**
 * Storage that goes wrong on demand. Run a scenario once under `countOnly()` to learn how many operations it has,
 * then once for each of `faultPoints(count)` under `failAt`, `stopAt` or `runAt`.
 */

export type FaultCode = "ENOSPC" | "EIO";

/** A place in a run: just before or just after its n-th operation, counted from 1. */
export interface FaultPoint {
  operation: number;
  moment: "before" | "after";
}

export interface FaultPlan {
  /** Names of the operations begun so far, as `tx.putVersion`; one plan may serve several stores. */
  readonly operations: readonly string[];
  /** Begins the next operation; either step may throw. */
  next(name: string): { before(): void; after(): void };
}

/** Lets everything pass. */
export function countOnly(): FaultPlan {
  return faultPlan(() => {});
}

/** One failure. After an operation it means: done, but reported as failed. */
export function failAt(point: FaultPoint, code: FaultCode): FaultPlan {
  return runAt(point, () => {
    throw Object.assign(new Error(`${code}: injected ${point.moment} operation ${point.operation}`), {
      code,
    });
  });
}

/** What a killed process leaves on disk, without a process: from this place on nothing is done any more. */
export function stopAt(point: FaultPoint): FaultPlan {
  return faultPlan((now) => {
    if (isReached(point, now)) throw new Error(`stopped ${point.moment} operation ${point.operation}`);
  });
}

/** Calls `action` at this place, as `() => process.kill(process.pid, "SIGKILL")`. */
export function runAt(point: FaultPoint, action: () => void): FaultPlan {
  return faultPlan((now) => {
    if (now.operation === point.operation && now.moment === point.moment) action();
  });
}

/** Every place of a run with so many operations, in order. */
export function faultPoints(operations: number): FaultPoint[] {
  return Array.from({ length: operations }, (_, index): FaultPoint[] => [
    { operation: index + 1, moment: "before" },
    { operation: index + 1, moment: "after" },
  ]).flat();
}

/** Counts port calls, begin and commit, and each call of the writer in between; `close` always works. */
export function faultyMetadata(metadata: Metadata, plan: FaultPlan): Metadata {
  return counted(metadata, plan, {
    prefix: "metadata",
    own: { transaction: (work, scope) => transaction(metadata, plan, { work, scope }) },
  });
}

/** Counts port calls; `close` always works. */
export function faultyBlobs(blobs: Blobs, plan: FaultPlan): Blobs {
  return counted(blobs, plan, { prefix: "blobs", own: {} });
}

/** Counts every system call, those on open files included. */
export function faultyFileSystem(fs: DiskFileSystem, plan: FaultPlan): DiskFileSystem {
  return counted(fs, plan, {
    prefix: "fs",
    own: { create: (path) => createFile(fs, path, plan) },
  });
}

function faultPlan(reach: (now: FaultPoint) => void): FaultPlan {
  const operations: string[] = [];
  return {
    operations,
    next(name) {
      const operation = operations.push(name);
      return {
        before: () => reach({ operation, moment: "before" }),
        after: () => reach({ operation, moment: "after" }),
      };
    },
  };
}

function isReached(point: FaultPoint, now: FaultPoint): boolean {
  if (now.operation !== point.operation) return now.operation > point.operation;
  return point.moment === "before" || now.moment === "after";
}

async function transaction<T>(
  metadata: Metadata,
  plan: FaultPlan,
  { work, scope }: { work: (tx: MetadataWriter) => Promise<T>; scope: Scope | undefined },
): Promise<T> {
  const begin = plan.next("tx.begin");
  begin.before();
  let commit: ReturnType<FaultPlan["next"]> | undefined;
  const result = await metadata.transaction(async (tx) => {
    begin.after();
    const value = await work(counted(tx, plan, { prefix: "tx", own: {} }));
    commit = plan.next("tx.commit");
    commit.before();
    return value;
  }, scope);
  commit?.after();
  return result;
}

async function createFile(fs: DiskFileSystem, path: string, plan: FaultPlan): Promise<DiskFile> {
  const create = plan.next("fs.create");
  create.before();
  const file = await fs.create(path);
  try {
    create.after();
  } catch (error) {
    await file.close();
    throw error;
  }
  return faultyFile(file, plan);
}

function faultyFile(file: DiskFile, plan: FaultPlan): DiskFile {
  return {
    write: (bytes) => step(plan, "file.write", () => file.write(bytes)),
    sync: () => step(plan, "file.sync", () => file.sync()),
    async close() {
      const close = plan.next("file.close");
      // The descriptor is freed even where close() fails, as on a real system.
      try {
        close.before();
      } finally {
        await file.close();
      }
      close.after();
    },
  };
}

/** Methods whose result is read piece by piece; all others answer a promise. */
const STREAMS: ReadonlySet<PropertyKey> = new Set(["integrities", "list"]);

interface Counting<T> {
  /** Stands before the method's name in `operations`. */
  prefix: string;
  /** Methods that count for themselves. */
  own: Partial<T>;
}

function counted<T extends object>(target: T, plan: FaultPlan, { prefix, own }: Counting<T>): T {
  return new Proxy(target, {
    get(object, key) {
      const replaced: unknown = Reflect.get(own, key);
      const method: unknown = Reflect.get(object, key);
      if (replaced !== undefined) return replaced;
      if (typeof method !== "function") return method;
      const name = `${prefix}.${String(key)}`;
      const call = (args: unknown[]) => Reflect.apply(method, object, args);
      if (key === "close") return () => call([]);
      if (STREAMS.has(key)) return (...args: unknown[]) => stream(plan, name, () => call(args));
      return (...args: unknown[]) => step(plan, name, () => call(args));
    },
  });
}

async function step<T>(plan: FaultPlan, name: string, work: () => Promise<T>): Promise<T> {
  const operation = plan.next(name);
  operation.before();
  const result = await work();
  operation.after();
  return result;
}

async function* stream<T>(plan: FaultPlan, name: string, work: () => AsyncIterable<T>): AsyncIterable<T> {
  const operation = plan.next(name);
  operation.before();
  yield* work();
  operation.after();
}
