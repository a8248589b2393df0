import { existsSync, readFileSync } from "node:fs";
import { mkdir, rmdir, writeFile } from "node:fs/promises";

/** Microseconds. In slices of a tenth of this a process finds its caches cold so often that it does two thirds of the work. */
const PERIOD = 100_000;
const ROOT = "/sys/fs/cgroup";

/** Whether this machine lets its processes be limited: Linux with control groups (version 1 or 2), as root. */
export function canLimit(): boolean {
  return process.getuid?.() === 0 && (isFirstVersion() || isSecondVersion());
}

/** Runs the work while each of the processes gets at most this part of one core. */
export async function limited<T>(pids: number[], cores: number, work: () => Promise<T>): Promise<T> {
  const root = isFirstVersion() ? `${ROOT}/cpu` : ROOT;
  const groups = pids.map((pid) => ({ pid, group: `${root}/skills-${pid}` }));
  for (const { pid, group } of groups) {
    await mkdir(group);
    await allow(group, Math.round(cores * PERIOD));
    await writeFile(`${group}/cgroup.procs`, String(pid));
  }
  try {
    return await work();
  } finally {
    for (const { pid, group } of groups) {
      await writeFile(`${root}/cgroup.procs`, String(pid));
      await rmdir(group);
    }
  }
}

async function allow(group: string, quota: number): Promise<void> {
  if (!isFirstVersion()) return await writeFile(`${group}/cpu.max`, `${quota} ${PERIOD}`);
  await writeFile(`${group}/cpu.cfs_period_us`, String(PERIOD));
  await writeFile(`${group}/cpu.cfs_quota_us`, String(quota));
}

function isFirstVersion(): boolean {
  return existsSync(`${ROOT}/cpu/tasks`);
}

function isSecondVersion(): boolean {
  const control = `${ROOT}/cgroup.subtree_control`;
  return existsSync(control) && readFileSync(control, "utf8").split(/\s/).includes("cpu");
}
