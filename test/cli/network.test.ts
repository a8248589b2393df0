import type { ServerResponse } from "node:http";
import { readdir } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  makeScratch,
  runCli,
  skillText,
  type CliOptions,
  type CliResult,
  type Scratch,
} from "../support/cli.ts";
import { startFront, type Front } from "../support/front.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

let team: Team;
let front: Front;
let person: Scratch;

beforeAll(async () => {
  team = await startTeam();
  front = await startFront(team.registry);
  await publishSkill(team, { name: "x", version: "1.0.0", files: { "SKILL.md": skillText("x") } });
});
afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await team[Symbol.asyncDispose]();
});
beforeEach(async () => {
  person = await makeScratch();
  Object.assign(front, { asked: [], answer: undefined });
});
afterEach(async () => await person[Symbol.asyncDispose]());

/** Two tries, the second at once. */
const HASTY = "fetch-retries=1\nfetch-retry-mintimeout=1\nfetch-retry-maxtimeout=1\n";

async function skills(args: string[], npmrc = "", more: Partial<CliOptions> = {}): Promise<CliResult> {
  const lines = npmrc.includes("registry=") ? npmrc : `registry=${front.url}/\n${npmrc}`;
  await person.write("home", { ".npmrc": `${HASTY}${lines}` });
  return await runCli(args, { cwd: person.project, home: person.home, ...more });
}

const TARBALL = "/@acme/x/-/x-1.0.0.tgz";

/** Answers the first requests of an address in another way; the rest is passed on. */
function spoil(path: string, times: number, answer: (response: ServerResponse) => void): void {
  let left = times;
  front.answer = (request, response) => {
    if (request.url?.startsWith(path) !== true || left === 0) return false;
    left -= 1;
    answer(response);
    return true;
  };
}

/** The first bytes of an answer that says that it is longer. */
function half(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": "1000" });
  response.write(Buffer.alloc(100));
}

/** Settings for a test in which the registry keeps silent; in others a slow machine could be taken for that. */
function impatience(message: string): string {
  return message.includes("0.3 seconds") ? "fetch-timeout=300\n" : "";
}

describe("a registry that fails now and then", () => {
  test.each<[string, string, (response: ServerResponse) => void, string]>([
    [
      "answers 503",
      "/@acme%2fx",
      (response) => response.writeHead(503).end("{}"),
      "@acme/x: the registry answered 503",
    ],
    [
      "breaks the connection",
      "/@acme%2fx",
      (response) => response.destroy(),
      "@acme/x: the connection was lost (ECONNRESET)",
    ],
    ["says nothing", "/@acme%2fx", () => undefined, "@acme/x: the registry sent nothing for 0.3 seconds"],
    [
      "sends half a tarball and goes",
      TARBALL,
      (response) => {
        half(response);
        setTimeout(() => response.destroy(), 20);
      },
      "@acme/x@1.0.0: the connection was lost (ECONNRESET)",
    ],
    [
      "stops in the middle of a tarball",
      TARBALL,
      half,
      "@acme/x@1.0.0: the registry sent nothing for 0.3 seconds",
    ],
    [
      "has no keys to show",
      "/-/npm/v1/keys",
      (response) => response.writeHead(500).end("{}"),
      "the keys: the registry answered 500",
    ],
  ])("and %s is asked again, with the reason", async (_, path, answer, reason) => {
    spoil(path, 1, answer);
    const { code, stderr } = await skills(["add", "@acme/x"], impatience(reason));
    expect(code).toBe(0);
    expect(stderr).toContain(`retrying ${reason} (attempt 2 of 2)\n`);
  });

  test.each<[string, string, (response: ServerResponse) => void, string, string]>([
    [
      "answers 503",
      "/@acme%2fx",
      (response) => response.writeHead(503).end("{}"),
      "error E503: 503 Service Unavailable",
      "try again",
    ],
    [
      "breaks the connection",
      "/@acme%2fx",
      (response) => response.destroy(),
      "failed: the connection was lost (ECONNRESET)",
      "Check the network",
    ],
    [
      "says nothing",
      "/@acme%2fx",
      () => undefined,
      "failed: the registry sent nothing for 0.3 seconds",
      "fetch-timeout",
    ],
    [
      "sends half a tarball",
      TARBALL,
      (response) => {
        half(response);
        setTimeout(() => response.destroy(), 20);
      },
      "error EREGISTRY: asking 127.0.0.1:",
      "Check the network",
    ],
    [
      "sends other bytes",
      TARBALL,
      (response) => response.end("other"),
      "error EINTEGRITY: @acme/x@1.0.0",
      "Do not use them",
    ],
    [
      "answers with a page",
      "/@acme%2fx",
      (response) => response.end("<html>"),
      "answered with something else than JSON",
      "npm ping",
    ],
  ])(
    "and %s to the end is an error that says so, and leaves nothing",
    async (_, path, answer, message, hint) => {
      spoil(path, Number.POSITIVE_INFINITY, answer);
      const result = await skills(["add", "@acme/x"], impatience(message));
      expect(result).toMatchObject({ code: 1, stdout: "" });
      expect(result.stderr).toContain(message);
      expect(result.stderr.split("\n").at(-2)).toMatch(new RegExp(`^hint: .*${hint}`));
      expect(await readdir(person.project)).toEqual([]);
    },
  );

  test("is waited for without an end where fetch-timeout is 0, as npm does", async () => {
    spoil("/@acme%2fx", 1, (response) => void setTimeout(() => response.writeHead(404).end("{}"), 50));
    const { stderr } = await skills(["view", "@acme/x"], "fetch-timeout=0\n");
    expect(stderr).toContain("error E404");
  });

  test("and is not there at all is named, with what to do", async () => {
    const result = await skills(["add", "@acme/x"], "registry=http://127.0.0.1:9/\n");
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(
      "error EREGISTRY: asking 127.0.0.1:9 failed: the connection was refused (ECONNREFUSED)\nhint: Check the address",
    );
  });

  test("shows no secret of an address, neither while it tries nor when it gives up", async () => {
    front.answer = (request, response) => {
      if (request.url === TARBALL)
        return (response.writeHead(302, { location: "/signed?signature=geheim" }).end(), true);
      if (request.url?.startsWith("/signed") !== true) return false;
      response.writeHead(500).end("{}");
      return true;
    };
    const result = await skills(["add", "@acme/x"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("retrying @acme/x@1.0.0: the registry answered 500 (attempt 2 of 2)");
    expect(result.stderr).toContain("/signed?***");
    expect(result.stderr).not.toContain("geheim");
  });
});

test("a person at a terminal sees how far a slow install is, and nothing of it is left", async () => {
  front.answer = (request, response) => {
    if (request.url !== TARBALL) return false;
    setTimeout(() => {
      front.answer = undefined;
      response.writeHead(302, { location: TARBALL }).end();
    }, 1_200);
    return true;
  };
  const { code, stderr } = await skills(["add", "@acme/x"], "", { errorTerminal: 80 });
  expect(code).toBe(0);
  expect(stderr).toContain("\r\u001b[Kfetching 0 of 1");
  expect(stderr.endsWith("\r\u001b[K")).toBe(true);
});
