import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createContext } from "../../cli/src/context.ts";
import { prepareImport } from "../../cli/src/import/import.ts";
import { publishImport } from "../../cli/src/import/publish-import.ts";
import { startHost } from "../support/host.ts";
import { makeUpstream } from "../support/upstream.ts";
import { skillText, testWorld } from "../support/cli.ts";
import { startTeam, type Team } from "../support/team.ts";

let team: Team;
beforeAll(async () => {
  team = await startTeam();
});
afterAll(() => team[Symbol.asyncDispose]());

async function versionsOf(name: string): Promise<string[]> {
  const answer = await team.registry.fetch(`/@acme%2f${name}`, { token: team.token });
  const { versions } = (await answer.json()) as { versions: Record<string, unknown> };
  return Object.keys(versions);
}

/** An import that has seen the registry, and goes on after something else has happened in it. */
async function late(path: string, between: () => Promise<unknown>): ReturnType<typeof publishImport> {
  const { world } = testWorld({ cwd: team.project, home: team.home });
  const context = createContext(world, { registry: undefined, json: false });
  const plan = await prepareImport(context, {
    source: { kind: "local", path },
    namespace: "@acme",
    select: [],
    ref: undefined,
    folder: "",
    access: undefined,
    fix: false,
    force: false,
    mode: "publish",
  });
  await between();
  return publishImport(context, plan);
}

test("of two imports at once one publishes, and the other sees that nothing is left to do", async () => {
  const repository = await makeUpstream(join(team.project, "upstream"));
  await repository.commit({ "both/SKILL.md": skillText("both") });
  const rows = await late(repository.folder, async () => {
    await repository.commit({ "README.md": "A commit that is none of the skill's business." });
    await team.skills(["import", repository.folder, "--namespace", "@acme"]);
  });
  expect(rows).toMatchObject([{ state: "unchanged", version: "1.0.0", published: false }]);
  expect(await versionsOf("both")).toEqual(["1.0.0"]);
});

test("an import keeps off a skill that somebody has published by hand in the meantime", async () => {
  const folder = await team.write("late", { "late/SKILL.md": skillText("late") });
  const other = await team.write("by-hand/late", { "SKILL.md": skillText("late", "By hand.\n") });
  const rows = await late(folder, () => team.skills(["publish", other, "--scope", "@acme"]));
  expect(rows).toMatchObject([{ state: "refused", published: false }]);
  expect(await versionsOf("late")).toEqual(["1.0.0"]);
});

test("once the registry goes on failing nothing more is sent to it, and the rest is told to be open", async () => {
  const names = Array.from({ length: 12 }, (_, number) => `storm-${number}`);
  const folder = await team.write(
    "storm",
    Object.fromEntries(names.map((name) => [`${name}/SKILL.md`, skillText(name)])),
  );
  let sent = 0;
  await using host = await startHost({
    "*": (answer) => {
      if (answer.req.method === "PUT") sent += 1;
      answer.writeHead(answer.req.method === "PUT" ? 503 : 404).end();
    },
  });
  const home = await team.write("storm-home", {
    ".npmrc": `fetch-retries=0\nregistry=${host.url}/\n//${new URL(host.url).host}/:_authToken=${team.token}\n`,
  });
  const { code, stdout } = await team.skills(["import", folder, "--namespace", "@acme"], { home });
  expect(code).toBe(1);
  expect(stdout).toContain("12 failed");
  expect(stdout).toContain("error EREGISTRY: not tried, for the registry goes on failing");
  expect(sent).toBeLessThan(names.length);
});
