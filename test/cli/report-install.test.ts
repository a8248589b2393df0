import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

interface Asked {
  method: string;
  path: string;
  body: string;
}

/** Stands between the CLI and the registry, and notes what reports hold. */
interface Watched {
  url: string;
  reports: Asked[];
  /** What reports are answered; undefined passes them on, null leaves them without an answer. */
  answer: number | null | undefined;
}

describe("reporting an install", () => {
  let team: Team;
  let server: Server;
  let watched: Watched;

  beforeEach(async () => {
    team = await startTeam();
    for (const version of ["1.0.0", "1.1.0"]) {
      await publishSkill(team, {
        name: "x",
        version,
        files: { "SKILL.md": skillText("x", `Version ${version}.\n`) },
      });
    }
    watched = { url: "", reports: [], answer: undefined };
    server = createServer((message, response) => void forward(message, response)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address: AddressInfo | string | null = server.address();
    watched.url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await team[Symbol.asyncDispose]();
  });

  async function forward(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await message.toArray()).toString();
    const { method = "", url: path = "" } = message;
    if (method === "POST") watched.reports.push({ method, path, body });
    if (method === "POST" && watched.answer === null) return;
    const { accept = "", "content-type": type = "" } = message.headers;
    const init = { method, headers: { accept, "content-type": type } };
    const answer = await fetch(`${team.registry.url}${path}`, method === "GET" ? init : { ...init, body });
    response.writeHead(method === "POST" ? (watched.answer ?? answer.status) : answer.status);
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  async function add(args: string[], env: Record<string, string> = {}) {
    return await team.skills(["add", ...args], { env: { SKILLS_REGISTRY: watched.url, ...env } });
  }

  test("does not happen unless the user asks for it", async () => {
    for (const env of [{}, { SKILLS_REPORT_INSTALLS: "" }, { SKILLS_REPORT_INSTALLS: "0" }]) {
      expect(await add(["@acme/x", "--force"], env)).toMatchObject({ code: 0, stderr: "" });
    }
    expect(watched.reports).toEqual([]);
  });

  test("tells name and version, once for each install, and nothing else", async () => {
    expect(await add(["@acme/x@1.0.0", "--report-install"])).toMatchObject({ code: 0, stderr: "" });
    expect(await add(["@acme/x@1.0.0", "--report-install"])).toMatchObject({ code: 0, stderr: "" });
    expect(await add(["@acme/x"], { SKILLS_REPORT_INSTALLS: "1" })).toMatchObject({ code: 0, stderr: "" });
    expect(watched.reports).toEqual([
      { method: "POST", path: "/api/skills/acme/x/1.0.0/installs", body: "{}" },
      { method: "POST", path: "/api/skills/acme/x/1.1.0/installs", body: "{}" },
    ]);
  });

  test.each([404, 500])("answered with %i fails no install", async (status) => {
    watched.answer = status;
    const result = await add(["@acme/x", "--report-install"]);
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining("added @acme/x@1.1.0") });
    expect(result.stderr).toMatch(/^note: the install of @acme\/x@1\.1\.0 could not be reported: /);
    expect(watched.reports).toHaveLength(1);
    expect(await readFile(join(team.project, ".agents/skills/x/SKILL.md"), "utf8")).toContain(
      "Version 1.1.0",
    );
  });

  test("does not wait long for an answer", async () => {
    watched.answer = null;
    const started = performance.now();
    const result = await add(["@acme/x", "--report-install"]);
    expect(result).toMatchObject({ code: 0, stderr: expect.stringContaining("could not be reported") });
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
