import { freePort } from "../test/support/free-port.ts";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { jsonOf } from "../test/support/json.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const PASSWORD = "correct horse battery";

export interface BenchServer extends AsyncDisposable {
  url: string;
  token: string;
  /** Folder of everything it stores; ours has its database at `data/registry.sqlite`. */
  dir: string;
}

/** Our registry, built, in a process of its own, with an account `acme`. One client may ask as much as it likes. */
export async function ourServer(): Promise<BenchServer> {
  return await start("skills-registry", async (dir, port) => {
    const config = path.join(dir, "config.yaml");
    await writeFile(config, "skills:\n  requestsPerMinute: 100000000\n");
    const options = ["--config", config, "--port", String(port), "--data", path.join(dir, "data")];
    return [path.join(ROOT, "plugin/dist/main.js"), ...options];
  });
}

/** Stock Verdaccio with its default store. Signed tokens: its default ones cost a password hash per request. */
export async function stockVerdaccio(): Promise<BenchServer> {
  return await start("verdaccio", async (dir, port) => {
    const config = path.join(dir, "config.yaml");
    await writeFile(
      config,
      `storage: ${dir}/storage\nauth:\n  htpasswd:\n    file: ${dir}/htpasswd\nuplinks: {}\npackages:\n  "@*/*":\n    access: $all\n    publish: $authenticated\n    unpublish: $authenticated\nsecurity:\n  api:\n    jwt:\n      sign:\n        expiresIn: 1d\nlog: { type: stdout, format: json, level: warn }\nmax_body_size: 20mb\n`,
    );
    return [
      path.join(ROOT, "node_modules/verdaccio/bin/verdaccio"),
      "--config",
      config,
      "--listen",
      `127.0.0.1:${port}`,
    ];
  });
}

async function start(
  name: string,
  command: (dir: string, port: number) => Promise<string[]>,
): Promise<BenchServer> {
  const dir = await mkdtemp(path.join(os.tmpdir(), `bench-${name}-`));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, await command(dir, port), { stdio: ["ignore", "ignore", "inherit"] });
  await answering(url, child);
  return {
    url,
    token: await account(url),
    dir,
    async [Symbol.asyncDispose]() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/-/ping`).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no answer from ${url}`);
}

async function account(url: string): Promise<string> {
  const answer = await fetch(`${url}/-/user/org.couchdb.user:acme`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "acme", password: PASSWORD, email: "acme@example.com" }),
  });
  const body: { token: string } = await jsonOf(answer);
  return body.token;
}
