import { describe, expect, test } from "vitest";
import type { Lock, LockedPackage } from "../project/lockfile.ts";
import type { Project } from "../project/project-file.ts";
import { checkDrift } from "./drift.ts";

function locked(details: Partial<LockedPackage> = {}): LockedPackage {
  const usual = { version: "1.0.0", range: "^1.0.0", resolved: "x.tgz", integrity: "sha512-x" };
  return { ...usual, dependencies: {}, mode: "link", agents: [], placed: [], skills: {}, ...details };
}

/** A package that is in the lock only because others build on it. */
function needed(): LockedPackage {
  const { range: _, ...entry } = locked();
  return entry;
}

function wanting(...names: string[]): Project {
  return { folders: {}, skills: Object.fromEntries(names.map((name) => [name, { range: "^1.0.0" }])) };
}

const SITE = { root: "/project", global: false, env: {}, folders: {} };

function itemsOf(project: Project | undefined, lock: Lock): string[] {
  return checkDrift(project, lock, SITE).items;
}

describe("skills.json and skills.lock agree", () => {
  test("when each package is wanted as it is locked, or others build on it, in a circle too", () => {
    const lock = {
      "@acme/a": locked({ dependencies: { "@acme/b": "^1.0.0" } }),
      "@acme/b": { ...needed(), dependencies: { "@acme/a": "^1.0.0" } },
    };
    expect(checkDrift(wanting("@acme/a"), lock, SITE)).toMatchObject({ state: "ok", items: [] });
  });

  test("when there is no skills.json: then the lock says what is wanted", () => {
    expect(checkDrift(undefined, { "@acme/a": locked() }, SITE).state).toBe("ok");
  });
});

describe("drift is", () => {
  test("a package that is wanted and not locked", () => {
    expect(checkDrift(wanting("@acme/a"), {}, SITE).state).toBe("problem");
    expect(itemsOf(wanting("@acme/a"), {})).toEqual(["@acme/a@^1.0.0 is not in skills.lock"]);
  });

  test("a range that was edited since", () => {
    const lock = { "@acme/a": locked({ range: "^0.9.0" }), "@acme/b": needed() };
    expect(itemsOf(wanting("@acme/a", "@acme/b"), lock)).toEqual([
      "@acme/a is wanted as ^1.0.0, and locked for ^0.9.0",
      "@acme/b is wanted as ^1.0.0, and locked for others that build on it",
    ]);
  });

  test("a package that nothing wants", () => {
    const lock = { "@acme/a": locked({ dependencies: { "@acme/b": "*" } }), "@acme/b": needed() };
    expect(itemsOf(wanting(), lock)).toEqual([
      "@acme/a is in skills.lock, and nothing wants it",
      "@acme/b is in skills.lock, and nothing wants it",
    ]);
  });

  test("a dependency that is not locked", () => {
    const lock = { "@acme/a": locked({ dependencies: { "@acme/b": "^1.0.0" } }) };
    expect(itemsOf(wanting("@acme/a"), lock)).toEqual([
      "@acme/b, which @acme/a builds on, is not in skills.lock",
    ]);
  });

  test("an agent that skills.json names by whatever name, and the lock does not have", () => {
    const { skills } = wanting("@acme/a");
    const other = { "@acme/b": { range: "^1.0.0", agents: ["codex"] } };
    const project = { folders: {}, agents: ["claude", "cursor", "nobody"], skills: { ...skills, ...other } };
    const lock = { "@acme/a": locked({ agents: ["claude-code"] }), "@acme/b": locked({ agents: ["codex"] }) };
    expect(itemsOf(project, lock)).toEqual(["@acme/a is wanted for cursor, and not installed for it"]);
  });
});
