import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { openSqlite } from "../../plugin/src/store/metadata/sqlite/open.ts";
import { type FaultPoint, faultyMetadata, runAt } from "../support/faulty-store.ts";
import { publishOnce } from "./publish-once.ts";
import { LATER } from "./samples.ts";

/** Another process on a database file: this file is both its program and the functions that start it. */

const SCRIPT = fileURLToPath(import.meta.url);

/** Raises the rev of a package so many times, each in a transaction that reads first. Returns the exit code. */
export async function bumpInProcess(file: string, name: string, times: number): Promise<unknown> {
  const [code] = await run(["bump", file, name, String(times)]);
  return code;
}

/** `publishOnce` in a process that kills itself at this place. Returns the signal that ended it. */
export async function publishAndDie(file: string, { operation, moment }: FaultPoint): Promise<unknown> {
  const [, signal] = await run(["die", file, String(operation), moment]);
  return signal;
}

function run(args: string[]): Promise<unknown[]> {
  const child = spawn(process.execPath, ["--conditions=source", SCRIPT, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return once(child, "exit");
}

async function bump(file: string, name: string, times: number): Promise<void> {
  const metadata = await openSqlite({ file });
  for (let done = 0; done < times; done += 1) {
    await metadata.transaction(async (tx) => {
      const before = await tx.package(name);
      const rev = await tx.touchPackage(before?.id ?? 0, LATER);
      if (rev !== (before?.rev ?? 0) + 1) throw new Error(`rev ${rev} after ${before?.rev}`);
    });
  }
  await metadata.close();
}

async function die(file: string, point: FaultPoint): Promise<void> {
  const plan = runAt(point, () => process.kill(process.pid, "SIGKILL"));
  await publishOnce(faultyMetadata(await openSqlite({ file }), plan));
}

if (process.argv[1] === SCRIPT) {
  const [task, file = "", first = "", second = ""] = process.argv.slice(2);
  if (task === "bump") await bump(file, first, Number(second));
  else await die(file, { operation: Number(first), moment: second === "before" ? "before" : "after" });
}
