import { mkdtemp, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { downloadCounter } from "../plugin/src/registry/downloads.ts";
import type { Metadata } from "../plugin/src/store/metadata.ts";
import { openSqlite } from "../plugin/src/store/metadata/sqlite/open.ts";
import { localNodes } from "../plugin/src/store/nodes/local.ts";
import { sampleDocument } from "../test/contract/samples.ts";
import { percentile } from "./figures.ts";

const DOWNLOADS = 10_000_000;
const PACKAGES = 20_000;
/** Different clients; each downloads many skills. */
const CLIENTS = 1_000_000;
/** Downloads between two flushes, ten seconds: 10,000 a second, more than the tarball route can send. */
const PER_FLUSH = 100_000;
const FLUSH_MS = 10_000;

/** Milliseconds of processor time, but for `transactions`: those are what others have to wait. */
interface Measured {
  counting: number;
  flushes: number[];
  transactions: number[];
  /** Most bytes in use between counting and flush, garbage collected. */
  heap: number;
}

/** Ten million downloads of skills, some much more popular than others, through the counter into SQLite. */
export async function benchCounter(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "bench-counter-"));
  const file = path.join(folder, "registry.sqlite");
  const metadata = await openSqlite({ file });
  try {
    await addPackages(metadata);
    const before = { size: (await stat(file)).size, heap: heapInUse() };
    const measured = await countAll(metadata);
    const counted = (await metadata.counts("everything")).downloads;
    await metadata.close();
    return report(measured, { counted, heap: before.heap, grown: (await stat(file)).size - before.size });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function addPackages(metadata: Metadata): Promise<void> {
  const at = new Date().toISOString();
  await metadata.transaction(async (tx) => {
    for (let index = 0; index < PACKAGES; index += 1) {
      const name = `@acme/skill-${index}`;
      const { id } = await tx.insertPackage({ name, visibility: "public", namespace: "acme", at });
      await tx.putSearchDocument(id, sampleDocument(name));
    }
  });
}

async function countAll(metadata: Metadata): Promise<Measured> {
  let now = Date.parse("2026-03-01T10:00:00.000Z");
  const failed = (error: unknown): void => {
    throw error;
  };
  const measured: Measured = { counting: 0, flushes: [], transactions: [], heap: 0 };
  const parts = {
    metadata: timed(metadata, measured.transactions),
    nodes: localNodes(),
    now: () => new Date(now),
  };
  const counter = downloadCounter(parts, { failed, flushMs: 3_600_000 });
  const random = generator();
  for (let done = 0; done < DOWNLOADS; done += PER_FLUSH) {
    const started = cpuTime();
    for (let index = 0; index < PER_FLUSH; index += 1) counter.count(nextDownload(random));
    measured.counting += cpuTime() - started;
    measured.heap = Math.max(measured.heap, heapInUse());
    now += FLUSH_MS;
    const flushing = cpuTime();
    await counter.flush();
    measured.flushes.push(cpuTime() - flushing);
  }
  await counter.close();
  return measured;
}

function timed(metadata: Metadata, transactions: number[]): Metadata {
  return {
    ...metadata,
    async transaction(work) {
      const started = performance.now();
      const result = await metadata.transaction(work);
      transactions.push(performance.now() - started);
      return result;
    },
  };
}

function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

function nextDownload(random: () => number) {
  const client = Math.floor(random() * CLIENTS);
  return {
    // The square of a square: the first hundredth of the skills gets a third of the downloads.
    packageId: 1 + Math.floor(random() ** 4 * PACKAGES),
    version: random() < 0.8 ? "1.1.0" : "1.0.0",
    address: `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`,
    userAgent: "npm/11.2.0 node/v24.1.0 linux x64 workspaces/false",
  };
}

/** Mulberry32: the same downloads each time. */
function generator(): () => number {
  let state = 42;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function report(measured: Measured, found: { counted: number; heap: number; grown: number }): string {
  const { counting, flushes, transactions, heap } = measured;
  const nanoseconds = (milliseconds: number): string => `${((milliseconds * 1e6) / DOWNLOADS).toFixed(0)} ns`;
  const spread = (values: number[]): string =>
    [50, 99, 100].map((rank) => `${percentile(values, rank).toFixed(0)} ms`).join(", ");
  const written = flushes.reduce((total, value) => total + value, 0);
  const rows = [
    ["counting a download, processor time", nanoseconds(counting)],
    ["writing it, processor time", nanoseconds(written)],
    ["a flush of 100,000 downloads, processor time: median, p99, longest", spread(flushes)],
    ["a transaction of a flush, which others wait for: median, p99, longest", spread(transactions)],
    ["heap at most, above that of the start", `${((heap - found.heap) / 1e6).toFixed(0)} MB`],
    ["database grown by", `${(found.grown / 1e6).toFixed(0)} MB`],
  ];
  return [
    `### ${DOWNLOADS / 1e6} million downloads through the counter`,
    "",
    `${PACKAGES} skills of two versions, ${CLIENTS} clients, ${PER_FLUSH} downloads for each flush; ${found.counted} were the first of their client and hour.`,
    "",
    "| | |",
    "|---|---|",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
    "",
  ].join("\n");
}
