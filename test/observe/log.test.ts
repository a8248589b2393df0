import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";

const CONFIG = `
server:
  trustProxy: loopback
log:
  format: json
  level: http
skills:
  node: node-a
  drainSeconds: 2
`;

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

/** One line of the log, as far as tests look at it. */
interface Line {
  msg: string;
  requestId?: string;
  req?: { id: string };
  durationMs?: number;
}

it("every line about a request has its id, ours the rest, and none a code; a node that is to stop leaves in peace", async () => {
  await using server = await startedServer();
  await askWithSecrets(server);
  const begun = performance.now();
  const stopped = server.stop();
  await expect.poll(async () => (await fetch(`${server.url}/-/health/ready`)).status).toBe(503);
  const draining = await fetch(`${server.url}/-/health/ready`);
  expect(await draining.json()).toEqual({ status: "draining", checks: {} });
  const answers = ["/-/ping", "/-/health/live"].map(
    async (address) => (await fetch(server.url + address)).status,
  );
  expect(await Promise.all(answers)).toEqual([200, 200]);
  // Balancers choose a node for a connection, not for each request: kept ones would come here until the end.
  expect(draining.headers.get("connection")).toBe("close");
  expect(await stopped).toBe(0);
  expect(performance.now() - begun).toBeGreaterThan(2_000);
  expectLines(linesOf(server));
});

async function askWithSecrets({ url }: ServerProcess): Promise<void> {
  const headers = { "x-request-id": "proxy-request-1", traceparent: `00-${TRACE}-${"b".repeat(16)}-01` };
  await fetch(`${url}/api/skills/acme/nothing`, { headers });
  const callback = { "x-request-id": "proxy-request-2", referer: `${url}/approve/CODE-1234` };
  await fetch(`${url}/login/github/callback?code=CODE-1234&state=x`, { headers: callback });
  await fetch(`${url}/login?next=%2Fapprove%2FCODE-1234`, { headers: callback });
}

function expectLines(lines: Line[]): void {
  const about = lines.filter((line) => (line.requestId ?? line.req?.id) === "proxy-request-1");
  // The host's at the request and at its end, and ours.
  expect(about.filter(({ msg }) => msg.includes("requested 'GET"))).toHaveLength(1);
  expect(about.filter(({ msg }) => msg.startsWith("404, user:")).length).toBeGreaterThan(0);
  const own = about.find(({ msg }) => msg.startsWith("GET /api"));
  expect(own).toMatchObject({
    level: 25,
    requestId: "proxy-request-1",
    traceId: TRACE,
    node: "node-a",
    method: "GET",
    route: "/api/skills/:namespace/:skill",
    status: 404,
    code: "ENOTFOUND",
  });
  expect(own?.durationMs).toBeGreaterThanOrEqual(0);
  const all = JSON.stringify(lines);
  for (const hidden of ["CODE-1234", '"headers"', "user-agent"]) expect(all).not.toContain(hidden);
}

it("a second signal ends it at once", async () => {
  await using server = await startedServer("drainSeconds: 600");
  server.child.kill("SIGTERM");
  await wait(200);
  const begun = performance.now();
  await server.stop();
  expect(server.child.signalCode).toBe("SIGTERM");
  expect(performance.now() - begun).toBeLessThan(5_000);
});

async function startedServer(drain = "drainSeconds: 2"): Promise<ServerProcess> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "skills-log-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const config = path.join(folder, "config.yaml");
  await writeFile(config, CONFIG.replace("drainSeconds: 2", drain));
  return await startServerProcess(path.join(folder, "data"), ["--config", config]);
}

function linesOf(server: ServerProcess): Line[] {
  const lines = server.output().split("\n");
  return lines.filter((line) => line.startsWith("{")).map((line): Line => JSON.parse(line));
}
