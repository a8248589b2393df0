import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quarantine } from "../../plugin/src/registry/quarantine.ts";
import { parsePackageName } from "../../schema/src/index.ts";
import { startFront, type Front } from "../support/front.ts";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { attempt, refusal, type Attempt } from "../support/attempt.ts";
import { startTeam, type Team } from "../support/team.ts";
import { openMetadataBeside } from "../support/test-store.ts";

let team: Team;
/** Stands before the registry and answers in its place what a test wants. */
let front: Front;
/** A project with @acme/letters@1.0.0, as it is committed. */
let files: Record<string, string>;
beforeAll(async () => {
  team = await startTeam();
  front = await startFront(team.registry);
  for (const version of ["1.0.0", "1.1.0"]) await release(team, { name: "@acme/letters", version });
  await release(team, { name: "@acme/memos" });
  await using project = await makeProject(front.url);
  await project.skills(["add", "@acme/letters@1.0.0", "--agent", "claude-code"]);
  files = {
    "skills.json": await project.file("skills.json"),
    "skills.lock": await project.file("skills.lock"),
  };
});
afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await team[Symbol.asyncDispose]();
});

const isTarball = ({ url }: IncomingMessage): boolean => url?.endsWith(".tgz") === true;
const isPackument = ({ url }: IncomingMessage): boolean => /^\/@acme(%2f|\/)\w+$/i.test(url ?? "");
const isKeys = ({ url }: IncomingMessage): boolean => url === "/-/npm/v1/keys";

type Reply = (response: ServerResponse) => void;

function answering(which: (request: IncomingMessage) => boolean, reply: Reply): Front["answer"] {
  return (request, response) => {
    if (!which(request)) return false;
    reply(response);
    return true;
  };
}

function status(code: number, body = '{"error": "no"}'): Reply {
  return (response) => void response.writeHead(code, { "content-type": "application/json" }).end(body);
}

/** Promises more than it sends, and closes the connection. */
const half: Reply = (response) => {
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": "1000" });
  response.write(Buffer.alloc(300), () => response.destroy());
};
const silent: Reply = () => undefined;
/** Begins well and stops. */
const stalling: Reply = (response) => {
  response.writeHead(200, { "content-length": "1000" });
  response.write(Buffer.alloc(300));
};
const redirectTo =
  (location: string): Reply =>
  (response) =>
    void response.writeHead(302, { location }).end();

/** Runs a command in a clone of the project, with a registry that answers like that. */
async function attemptWith(answer: Front["answer"], args: string[]): Promise<Attempt> {
  await using project = await makeProject(front.url, { files, npmrc: "fetch-timeout=200\n" });
  front.answer = answer;
  try {
    return await attempt(project, args);
  } finally {
    front.answer = undefined;
  }
}

describe("a registry that answers", () => {
  const cases: [string, (request: IncomingMessage) => boolean, Reply, string | RegExp][] = [
    [
      "404 for the tarball",
      isTarball,
      status(404),
      "error ENOTFOUND: @acme/letters@1.0.0 of skills.lock is not in the registry any more",
    ],
    ["500 for the tarball", isTarball, status(500), "error E500"],
    [
      "other bytes",
      isTarball,
      status(200, "x"),
      "error EINTEGRITY: @acme/letters@1.0.0 came with other bytes",
    ],
    ["half a tarball", isTarball, half, /error EREGISTRY: asking 127\.0\.0\.1:\d+ failed: the connection/],
    ["nothing for a while", isTarball, silent, "the registry sent nothing for 0.2 seconds"],
    ["nothing more after the beginning", isTarball, stalling, "the registry sent nothing for 0.2 seconds"],
    ["with a circle of redirects", isTarball, redirectTo("/@acme/letters/-/letters-1.0.0.tgz"), "error"],
    [
      "with a redirect to where nobody is",
      isTarball,
      redirectTo("http://127.0.0.1:9/x.tgz"),
      "error EREGISTRY",
    ],
    ["500 for its keys", isKeys, status(500), "error E500"],
    [
      "no keys any more",
      isKeys,
      status(200, '{"keys": []}'),
      "error ESIGNATURE: @acme/letters is signed in skills.lock, but",
    ],
    [
      "404 for its keys",
      isKeys,
      status(404),
      "error ESIGNATURE: @acme/letters is signed in skills.lock, but",
    ],
    ["with keys that are none", isKeys, status(200, '{"keys": [{"keyid": 5}]}'), "error EREGISTRY"],
    ["with an error page", isKeys, status(200, "<html>"), "error EREGISTRY"],
    ["with nothing at all", () => true, silent, "the registry sent nothing for 0.2 seconds"],
    ["with a refused login", () => true, status(401), "error E401"],
  ];
  test.each(cases)("%s has nothing installed", async (_, which, reply, message) => {
    expect(await attemptWith(answering(which, reply), ["install"])).toEqual(refusal(message));
  });

  test.each([
    ["404", status(404), "error E404"],
    ["500", status(500), "error E500"],
    ["an error page", status(200, "<html>"), "error EREGISTRY"],
    ["half of it", half, "error EREGISTRY"],
    ["a package without versions", status(200, '{"name": "@acme/letters", "versions": {}}'), "error E"],
  ])("%s for a packument has nothing updated or added", async (_, reply, message) => {
    for (const args of [["update"], ["add", "@acme/memos"]])
      expect(await attemptWith(answering(isPackument, reply), args)).toEqual(refusal(message));
  });
});

describe("a version that is gone upstream", () => {
  /** A project of its own version, which the test then takes away. */
  async function withVersion(name: string): Promise<TestProject> {
    await release(team, { name, version: "1.0.0" });
    await release(team, { name, version: "1.1.0" });
    await using first = await makeProject(team.registry.url);
    await first.skills(["add", `${name}@1.0.0`]);
    const [wishes, lock] = [await first.file("skills.json"), await first.file("skills.lock")];
    return makeProject(team.registry.url, { files: { "skills.json": wishes, "skills.lock": lock } });
  }

  async function unpublish(name: string, version: string): Promise<void> {
    const address = `/${name.replace("/", "%2f")}`;
    const packument = await (await team.registry.fetch(address)).json();
    delete packument.versions[version];
    const body = JSON.stringify(packument);
    const answer = await team.registry.fetch(`${address}/-rev/${packument._rev}`, {
      method: "PUT",
      body,
      token: team.token,
    });
    expect(answer.status, await answer.text()).toBe(201);
  }

  test("says so with the way out, changes nothing, and the way out works", async () => {
    await using project = await withVersion("@acme/recipes");
    await unpublish("@acme/recipes", "1.0.0");
    const before = await project.tree();
    for (const args of [["install"], ["ci"]]) {
      expect(await project.skills(args)).toEqual({
        code: 1,
        stdout: "",
        stderr:
          "error ENOTFOUND: @acme/recipes@1.0.0 of skills.lock is not in the registry any more\n" +
          "hint: Run skills update @acme/recipes for another version (@acme/recipes@latest beyond its range), or skills remove @acme/recipes.\n",
      });
      expect(await project.tree()).toEqual(before);
    }
    expect((await project.skills(["update", "@acme/recipes@latest"])).code).toBe(0);
    expect(await project.file(".agents/skills/recipes/SKILL.md")).toContain("Version 1.1.0.");
  });

  test("stays as long as it is installed, and can be removed", async () => {
    await using project = await withVersion("@acme/routes");
    await project.skills(["install"]);
    await unpublish("@acme/routes", "1.0.0");
    expect((await project.skills(["ci"])).code).toBe(0);
    expect((await project.skills(["remove", "@acme/routes"])).code).toBe(0);
  });

  test("because an operator withdrew it, says why", async () => {
    await using project = await withVersion("@acme/poison");
    const name = parsePackageName("@acme/poison");
    if (name === undefined) throw new Error("no name");
    const metadata = await openMetadataBeside(`${team.registry.dataDir}/data`);
    const operator = { account: null, token: null, operator: true, address: "", local: true };
    const target = { name, version: "1.0.0", detail: {}, reason: "it sent contracts to a stranger" };
    await quarantine({ metadata, now: () => new Date() }, operator, target);
    await metadata.close();
    const before = await project.tree();
    const { code, stderr } = await project.skills(["install"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error EQUARANTINED: [^\n]*it sent contracts to a stranger[^\n]*\nhint: [^\n]+\n$/,
    );
    expect(await project.tree()).toEqual(before);
  });
});

test("a redirect to another host gets no credentials, and its bytes are compared all the same", async () => {
  await using other = await startFront(team.registry);
  const seen: (string | undefined)[] = [];
  other.answer = (request) => {
    seen.push(request.headers.authorization);
    return false;
  };
  const npmrc = `//${new URL(front.url).host}/:_authToken=${team.token}\n`;
  await using project = await makeProject(front.url, { files, npmrc });
  front.answer = (request, response) => {
    if (!isTarball(request)) return false;
    redirectTo(`${other.url.replace("127.0.0.1", "localhost")}${request.url}?signed=secret`)(response);
    return true;
  };
  expect(await project.skills(["install"])).toMatchObject({ code: 0 });
  front.answer = undefined;
  expect(seen).toEqual([undefined]);
  expect(await project.file("skills.lock")).toBe(files["skills.lock"]);
});
