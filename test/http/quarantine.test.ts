import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parsePackageName } from "../../schema/src/index.ts";
import type { Caller } from "../../plugin/src/registry/caller.ts";
import { quarantine, release } from "../../plugin/src/registry/quarantine.ts";
import { sweep } from "../../plugin/src/registry/sweep.ts";
import { localNodes } from "../../plugin/src/store/nodes/local.ts";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { jsonOf } from "../support/json.ts";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";
import { openBlobsBeside, openMetadataBeside } from "../support/test-store.ts";

const OPERATOR: Caller = { account: null, token: null, operator: true, address: "", local: true };
const REASON = "it sent contracts to a stranger";
const TEXT = (version: string): string =>
  `---\nname: x\ndescription: Drafts clauses, ${version}.\n---\n\nDraft.\n`;

describe("a version in quarantine", () => {
  let team: Team;
  let acme: NpmUser;
  /** The registry's own store, opened beside it as the operator's commands do. */
  let metadata: Metadata;

  beforeAll(async () => {
    team = await startTeam();
    metadata = await openMetadataBeside(path.join(team.registry.dataDir, "data"));
    acme = await npmUser(team.registry, "acme");
  });
  afterAll(async () => {
    await metadata.close();
    await acme[Symbol.asyncDispose]();
    await team[Symbol.asyncDispose]();
  });

  /** Returns the folder of the last one. */
  async function publish(name: string, ...versions: string[]): Promise<string> {
    let folder = "";
    for (const version of versions) {
      folder = await publishSkill(team, {
        name,
        version,
        files: { "SKILL.md": TEXT(version).replace("name: x", `name: ${name}`) },
      });
    }
    return folder;
  }

  function target(spec: string): Parameters<typeof release>[2] {
    const at = spec.lastIndexOf("@");
    const name = parsePackageName(spec.slice(0, at));
    if (name === undefined) throw new Error(`${spec} names no version`);
    return { name, version: spec.slice(at + 1), detail: {} };
  }

  async function withdraw(spec: string, reason = REASON): Promise<void> {
    await quarantine({ metadata, now: () => new Date() }, OPERATOR, { ...target(spec), reason });
  }

  async function giveBack(spec: string): Promise<void> {
    await release({ metadata, now: () => new Date() }, OPERATOR, target(spec));
  }

  async function ask(address: string, accept = "*/*"): Promise<{ status: number; text: string }> {
    const answer = await team.registry.fetch(address, { headers: { accept }, token: team.token });
    return { status: answer.status, text: await answer.text() };
  }

  async function packument(name: string): Promise<Record<string, unknown>> {
    return await jsonOf(team.registry.fetch(`/@acme%2f${name}`, { token: team.token }));
  }

  it("is gone from the packument, and latest and search fall back to what is left", async () => {
    await publish("back", "1.0.0", "1.1.0");
    await withdraw("@acme/back@1.1.0");
    expect(await packument("back")).toMatchObject({
      "dist-tags": { latest: "1.0.0" },
      versions: { "1.0.0": {} },
    });
    expect(Object.keys(Object((await packument("back"))["versions"]))).toEqual(["1.0.0"]);
    const found = await jsonOf(team.registry.fetch("/api/skills?q=namespace:acme%20back"));
    expect(found).toMatchObject({ hits: [{ name: "@acme/back", version: "1.0.0" }] });
  });

  it("is 451 with the reason at every door, for its owner, too", async () => {
    await publish("doors", "1.0.0", "1.1.0");
    const doors = [
      "/@acme/doors/-/doors-1.0.0.tgz",
      "/@acme%2fdoors/1.0.0",
      "/api/skills/acme/doors/1.0.0",
      "/api/skills/acme/doors/1.0.0/files",
      "/api/skills/acme/doors/1.0.0/files/SKILL.md",
      "/api/skills/acme/doors/diff/1.0.0...1.1.0",
      "/api/skills/acme/doors/diff/1.1.0...1.0.0",
      "/skills/acme/doors/v/1.0.0",
      "/skills/acme/doors/v/1.0.0/files",
      "/skills/acme/doors/v/1.0.0/files/SKILL.md",
      "/skills/acme/doors/diff/1.0.0...1.1.0",
    ];
    for (const address of doors) expect(await ask(address), address).toMatchObject({ status: 200 });
    await withdraw("@acme/doors@1.0.0");
    for (const address of doors) {
      const refused = await ask(address, address.startsWith("/skills") ? "text/html" : "*/*");
      expect(refused.status, address).toBe(451);
      expect(refused.text, address).toContain(REASON);
    }
    expect((await ask("/@acme/doors/-/doors-1.1.0.tgz")).status).toBe(200);
  });

  it("is told of on the pages of the skill, in the REST API and by skills info", async () => {
    await publish("banner", "1.0.0", "1.1.0");
    await withdraw("@acme/banner@1.0.0");
    for (const address of ["/skills/acme/banner", "/skills/acme/banner/versions"]) {
      const { text } = await ask(address, "text/html");
      expect(text).toMatch(/1\.0\.0 was withdrawn on \d+ \w+ \d{4}:/);
      expect(text).toContain(REASON);
    }
    expect(await jsonOf(team.registry.fetch("/api/skills/acme/banner"))).toMatchObject({
      versions: [{ version: "1.1.0" }],
      withdrawn: [{ version: "1.0.0", reason: REASON }],
    });
    const info = await team.skills(["info", "@acme/banner"]);
    expect(info.stdout).toMatch(new RegExp(`1\\.0\\.0 was withdrawn on \\d{4}-\\d\\d-\\d\\d: ${REASON}`));
  });

  it("leaves a skill without another version 451 instead of 404, everywhere", async () => {
    await publish("alone", "1.0.0");
    await withdraw("@acme/alone@1.0.0");
    for (const address of [
      "/@acme%2falone",
      "/@acme%2falone/latest",
      "/-/package/@acme%2falone/dist-tags",
      "/api/skills/acme/alone",
      "/skills/acme/alone",
    ]) {
      const refused = await ask(address, address.startsWith("/skills") ? "text/html" : "*/*");
      expect(refused.status, address).toBe(451);
      expect(refused.text, address).toContain(REASON);
    }
    const viewed = await acme.npm(["view", "@acme/alone"]);
    expect(viewed.code).toBe(1);
    expect(viewed.stderr).toContain(REASON);
    expect(await jsonOf(team.registry.fetch("/api/skills?q=alone"))).toMatchObject({ total: 0 });
  });

  it("is not installed by npm with a lockfile, which prints the reason", async () => {
    await publish("locked", "1.0.0", "1.1.0");
    const project = await acme.folder("project", {
      "package.json": JSON.stringify({ name: "p", version: "1.0.0" }),
    });
    expect(await acme.npm(["install", "@acme/locked@1.0.0"], { cwd: project })).toMatchObject({ code: 0 });
    await withdraw("@acme/locked@1.0.0");
    await rm(path.join(project, "node_modules"), { recursive: true });
    await rm(path.join(acme.home, ".npm"), { recursive: true });
    const refused = await acme.npm(["ci"], { cwd: project });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(REASON);
    expect(existsSync(path.join(project, "node_modules/@acme/locked"))).toBe(false);
  });

  it.each([
    ["1.0.0", "by-number"],
    ["beta", "by-tag"],
    ["~1.0", "by-range"],
  ])("is not added by skills as %s, which says why", async (wanted, name) => {
    await publish(name, "1.0.0", "1.1.0");
    await acme.npm(["dist-tag", "add", `@acme/${name}@1.0.0`, "beta"]);
    await withdraw(`@acme/${name}@1.0.0`);
    const refused = await team.skills(["add", `@acme/${name}@${wanted}`, "--agent", "claude-code"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`error EQUARANTINED: @acme/${name}@1.0.0 was withdrawn on`);
    expect(refused.stderr).toContain(REASON);
  });

  it("cannot be published over, tagged or unpublished; nothing changes by the attempt", async () => {
    const same = await publish("over", "1.0.0", "1.1.0");
    const again = await publish("again", "1.0.0");
    await withdraw("@acme/again@1.0.0");
    expect((await team.skills(["publish", again])).stderr).toContain("EQUARANTINED");
    await writeFile(path.join(again, "OTHER.md"), "other bytes\n");
    expect((await acme.npm(["publish"], { cwd: again })).stderr).toContain("the next free version is 1.0.1");
    await withdraw("@acme/over@1.1.0");
    expect((await team.skills(["publish", same])).stderr).toContain("EQUARANTINED");
    const tagged = await acme.npm(["dist-tag", "add", "@acme/over@1.1.0", "latest"]);
    expect(tagged.stderr).toContain(REASON);
    const rev = String((await packument("over"))["_rev"]);
    const gone = await team.registry.fetch(`/@acme%2fover/-/over-1.1.0.tgz/-rev/${rev}`, {
      method: "DELETE",
      token: team.token,
    });
    expect(gone.status).toBe(451);
    expect(String((await packument("over"))["_rev"])).toBe(rev);
  });

  it("comes back exactly as it was when it is released", async () => {
    await publish("return", "1.0.0", "1.1.0", "2.0.0");
    await acme.npm(["dist-tag", "add", "@acme/return@1.1.0", "latest"]);
    await acme.npm(["dist-tag", "add", "@acme/return@1.1.0", "lts"]);
    await acme.npm(["deprecate", "@acme/return@1.1.0", "use 2.0.0"]);
    const { _rev: _before, time: _then, ...before } = await packument("return");
    const tarball = await ask("/@acme/return/-/return-1.1.0.tgz");
    await withdraw("@acme/return@1.1.0");
    expect((await packument("return"))["dist-tags"]).toEqual({ latest: "2.0.0" });
    await giveBack("@acme/return@1.1.0");
    const { _rev: _after, time: _now, ...after } = await packument("return");
    expect(after).toEqual(before);
    expect(await ask("/@acme/return/-/return-1.1.0.tgz")).toEqual(tarball);
    expect((await ask("/skills/acme/return", "text/html")).text).not.toContain("withdrawn");
  });

  it("leaves a tag where its owner has put it since, and lets latest follow again", async () => {
    await publish("moved", "1.0.0", "2.0.0");
    await acme.npm(["dist-tag", "add", "@acme/moved@2.0.0", "beta"]);
    await withdraw("@acme/moved@2.0.0");
    await acme.npm(["dist-tag", "add", "@acme/moved@1.0.0", "beta"]);
    await giveBack("@acme/moved@2.0.0");
    expect((await packument("moved"))["dist-tags"]).toEqual({ latest: "2.0.0", beta: "1.0.0" });
  });

  it("keeps its bytes through a sweep", async () => {
    await publish("kept", "1.0.0");
    const before = await ask("/@acme/kept/-/kept-1.0.0.tgz");
    await withdraw("@acme/kept@1.0.0");
    const blobs = await openBlobsBeside(path.join(team.registry.dataDir, "data"));
    const inADay = new Date(Date.now() + 24 * 60 * 60 * 1000);
    await sweep({ metadata, blobs, nodes: localNodes(), now: () => inADay });
    await blobs.close();
    await giveBack("@acme/kept@1.0.0");
    expect(await ask("/@acme/kept/-/kept-1.0.0.tgz")).toEqual(before);
  });

  it.each([
    ["a version that is not there", "@acme/refused@9.0.0", "why", "has no version 9.0.0"],
    ["a skill that is not there", "@acme/nothing@1.0.0", "why", "there is no skill"],
    ["an empty reason", "@acme/refused@1.0.0", " ", "the reason is one line"],
    ["a reason that drives terminals", "@acme/refused@1.0.0", "\u001b[2J", "visible characters"],
    ["a reason without an end", "@acme/refused@1.0.0", "x".repeat(501), "at most 500"],
  ])("is refused for %s, and nothing changes", async (_what, spec, reason, message) => {
    if ((await ask("/@acme%2frefused")).status === 404) await publish("refused", "1.0.0");
    const before = await packument("refused");
    await expect(withdraw(spec, reason)).rejects.toThrow(message);
    await expect(giveBack("@acme/refused@1.0.0")).rejects.toThrow("is not in quarantine");
    expect(await packument("refused")).toEqual(before);
  });

  it("is in the audit log, where the owners of its namespace see who and why", async () => {
    await publish("logged", "1.0.0");
    await withdraw("@acme/logged@1.0.0");
    await giveBack("@acme/logged@1.0.0");
    expect(await metadata.audit({ namespace: "acme", before: null, limit: 2 })).toMatchObject([
      { action: "admin.release", subject: "@acme/logged@1.0.0", account: null },
      { action: "admin.quarantine", subject: "@acme/logged@1.0.0", detail: { reason: REASON } },
    ]);
  });
});
