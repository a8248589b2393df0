import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject, release } from "../support/project.ts";
import { startTeam, type Team } from "../support/team.ts";
import { skillsIn } from "../support/tree.ts";

let team: Team;
beforeAll(async () => {
  team = await startTeam();
  await release(team, { name: "@acme/letterheads" });
  await release(team, { name: "@acme/letterheads", version: "1.1.0" });
  await release(team, { name: "@acme/letterheads", version: "2.0.0" });
  await release(team, { name: "@acme/contracts", dependencies: { "@acme/letterheads": "^1.0.0" } });
  await release(team, { name: "@acme/invoices", dependencies: { "@acme/letterheads": "<1.1.0" } });
  await release(team, { name: "@acme/brochures", dependencies: { "@acme/letterheads": "^2.0.0" } });
  await release(team, { name: "@acme/egg", dependencies: { "@acme/chicken": "*" } });
  await release(team, { name: "@acme/chicken", dependencies: { "@acme/egg": "*" } });
  await release(team, { name: "@acme/orphans", dependencies: { "@acme/never-published": "^1.0.0" } });
});
afterAll(() => team[Symbol.asyncDispose]());

async function versions(text: string): Promise<Record<string, string>> {
  const { packages } = JSON.parse(text);
  return Object.fromEntries(
    Object.entries<{ version: string }>(packages).map(([name, { version }]) => [name, version]),
  );
}

describe("skills that build on others", () => {
  test("bring them along for their agents, and take the last with them", async () => {
    await using project = await makeProject(team.registry.url);
    const { stdout } = await project.skills([
      "add",
      "@acme/contracts",
      "--agent",
      "cursor",
      "--agent",
      "claude-code",
    ]);
    expect(stdout).toBe(
      "added @acme/contracts@1.0.0 → .agents/skills/contracts (claude-code, cursor)\n" +
        "added @acme/letterheads@1.1.0 → .agents/skills/letterheads (claude-code, cursor), needed by others\n",
    );
    expect(JSON.parse(await project.file("skills.json")).skills).toEqual({ "@acme/contracts": "^1.0.0" });
    const refused = await project.skills(["remove", "letterheads"]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("other skills build on it") });

    await project.skills(["add", "@acme/invoices"]);
    expect(await versions(await project.file("skills.lock"))).toMatchObject({ "@acme/letterheads": "1.0.0" });
    expect((await project.skills(["remove", "@acme/contracts"])).stdout).toBe(
      "removed @acme/contracts@1.0.0\n",
    );
    expect(await skillsIn(join(project.folder, ".agents/skills"))).toEqual(["invoices", "letterheads"]);
    expect((await project.skills(["remove", "@acme/invoices"])).stdout).toBe(
      "removed @acme/invoices@1.0.0\nremoved @acme/letterheads@1.0.0\n",
    );
    expect((await readdir(project.folder)).toSorted()).toEqual(["skills.json", "skills.lock"]);
  });

  test("keep one that was wanted for itself, too, until nobody needs it", async () => {
    await using project = await makeProject(team.registry.url);
    await project.skills(["add", "@acme/contracts", "@acme/letterheads@1.0.0"]);
    expect((await project.skills(["remove", "@acme/letterheads"])).stdout).toBe(
      "kept @acme/letterheads@1.0.0, needed by others\n",
    );
    expect((await project.skills(["ci"])).code).toBe(0);
    expect((await project.skills(["remove", "@acme/contracts"])).stdout).toContain(
      "removed @acme/letterheads@1.0.0",
    );
  });

  test("in a circle are placed once, and go together", async () => {
    await using project = await makeProject(team.registry.url);
    expect((await project.skills(["add", "@acme/egg"])).code).toBe(0);
    expect(await skillsIn(join(project.folder, ".agents/skills"))).toEqual(["chicken", "egg"]);
    expect((await project.skills(["remove", "@acme/egg"])).code).toBe(0);
    expect((await readdir(project.folder)).toSorted()).toEqual(["skills.json", "skills.lock"]);
  });

  test("that cannot go together fail with who asks for what, and change nothing", async () => {
    await using project = await makeProject(team.registry.url);
    await project.skills(["add", "@acme/contracts"]);
    const before = await project.tree();
    const { code, stderr } = await project.skills(["add", "@acme/brochures"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "error ERESOLVE: no version of @acme/letterheads fits: @acme/contracts@1.0.0 asks for ^1.0.0, @acme/brochures@1.0.0 asks for ^2.0.0\n" +
        "hint: Loosen one of the ranges, or choose other versions of the skills named.\n",
    });
    expect(await project.tree()).toEqual(before);
  });

  test("and on one that is not there fail with the name of both", async () => {
    await using project = await makeProject(team.registry.url);
    const { code, stderr } = await project.skills(["add", "@acme/orphans"]);
    expect(code).toBe(1);
    expect(stderr).toContain("there is no @acme/never-published, but @acme/orphans@1.0.0 asks for ^1.0.0");
    expect(await project.tree()).toEqual({});
  });

  test("move one that was locked when they need another version of it", async () => {
    await using project = await makeProject(team.registry.url);
    await project.skills(["add", "@acme/letterheads@^1.0.0"]);
    const { stdout } = await project.skills(["add", "@acme/invoices"]);
    expect(stdout).toContain("updated @acme/letterheads 1.1.0 → 1.0.0");
  });
});
