import { readFileSync } from "node:fs";
import os from "node:os";
import { cpuSeconds, ownAndEndedSeconds } from "./program.ts";

/** What took the processor while something ran. */
export interface Load {
  seconds: number;
  /** Processor time of each group, in cores: 1 is one core, all the time. */
  cores: Record<string, number>;
  /** Of everything on the machine, other people's work included. */
  busy: number;
}

/** Groups by name; each tells the seconds of processor time that it has used. */
export type Groups = Record<string, () => number>;

/** A group of processes with their children. */
export function processes(...pids: number[]): () => number {
  return () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
}

/** This process, and programs that it has run to their end. */
export function clients(): number {
  return ownAndEndedSeconds();
}

/** Runs the work, and says which groups took how much of the machine meanwhile. */
export async function measured<T>(
  groups: Groups,
  work: () => Promise<T>,
): Promise<{ result: T; load: Load }> {
  const before = Object.entries(groups).map(([name, used]) => ({ name, used, start: used() }));
  const [started, busyBefore] = [performance.now(), busySeconds()];
  const result = await work();
  const seconds = (performance.now() - started) / 1_000;
  const busy = (busySeconds() - busyBefore) / seconds;
  const cores = before.map(({ name, used, start }) => [name, (used() - start) / seconds] as const);
  return { result, load: { seconds, cores: Object.fromEntries(cores), busy } };
}

/** Seconds that all cores together have worked since the start of the machine. */
function busySeconds(): number {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n", 1);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / 100;
}

/** The conditions of a run, for the head of its tables. */
export function conditions(): string {
  const [cpu] = os.cpus();
  const day = new Date().toISOString().slice(0, 10);
  const load = os.loadavg()[0]?.toFixed(1);
  return `${day}, Node ${process.version}, ${os.cpus().length} × ${cpu?.model ?? "unknown"}, load ${load} at the start. Nodes, nginx, PostgreSQL, S3 server and clients share this machine and its loopback.`;
}
