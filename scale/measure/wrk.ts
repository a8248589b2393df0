import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Rate {
  /** Of good answers. */
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  failed: number;
}

export interface Asked {
  url: string;
  paths: string[];
  headers?: Record<string, string>;
  connections: number;
  seconds: number;
}

/** GETs of the paths, one after the other on each connection, by `wrk` in a process of its own. */
export async function askMany({ url, paths, headers = {}, connections, seconds }: Asked): Promise<Rate> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "skills-wrk-"));
  try {
    const script = path.join(folder, "paths.lua");
    await writeFile(script, luaOf(paths, headers));
    const args = [
      "-t1",
      `-c${connections}`,
      `-d${seconds}s`,
      "--timeout=30s",
      "--latency",
      "-s",
      script,
      url,
    ];
    return readReport((await run("wrk", args)).stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** JSON strings of these are Lua strings: nothing in them is escaped. */
function luaOf(paths: string[], headers: Record<string, string>): string {
  const fields = Object.entries(headers).map(([name, value]) => `wrk.headers["${name}"] = "${value}"`);
  return `${fields.join("\n")}
local paths = { ${paths.map((each) => JSON.stringify(each)).join(", ")} }
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
`;
}

function readReport(text: string): Rate {
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? Number.NaN);
  const seconds = number(/requests in ([\d.]+)s/);
  const requests = number(/(\d+) requests in/);
  const bad = number(/Non-2xx or 3xx responses: (\d+)/) || 0;
  return {
    perSecond: (requests - bad) / seconds,
    p50: milliseconds(/50%\s+([\d.]+)(us|ms|s)/.exec(text)),
    p99: milliseconds(/99%\s+([\d.]+)(us|ms|s)/.exec(text)),
    failed: bad,
  };
}

const UNITS: Record<string, number> = { us: 0.001, ms: 1, s: 1_000 };

function milliseconds(found: RegExpExecArray | null): number {
  return Number(found?.[1]) * (UNITS[found?.[2] ?? ""] ?? Number.NaN);
}
