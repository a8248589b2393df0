import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { giveRun } from "../support/give-token.ts";
import { jsonOf } from "../support/json.ts";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { type OrgRegistry, startOrgRegistry } from "../support/org.ts";
import { publishBody } from "../support/publish-body.ts";

describe("npm access", () => {
  let registry: OrgRegistry;
  let acme: NpmUser;
  let jane: NpmUser;
  let nobody: NpmUser;

  beforeAll(async () => {
    registry = await startOrgRegistry();
    acme = await npmUser(registry, "acme");
    jane = await npmUser(registry, "jane");
    nobody = await npmUser(registry);
    await registry.org("firm", { acme: "owner" });
  });
  afterAll(async () => {
    for (const user of [acme, jane, nobody]) await user[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  async function publish(
    name: string,
    version: string,
    ...options: string[]
  ): Promise<{ code: number; stderr: string }> {
    return await acme.npm(["publish", ...options], { cwd: await acme.skill(name, version) });
  }

  async function status(user: NpmUser, name: string): Promise<string> {
    const asked = await user.npm(["access", "get", "status", name]);
    return asked.code === 0 ? asked.stdout.trim() : (asked.stderr.split("\n")[0]?.trim() ?? "");
  }

  it("publishes restricted where asked to, public where not, and the skill is there for its owner alone", async () => {
    expect(await publish("@acme/secret", "1.0.0", "--access", "restricted")).toMatchObject({ code: 0 });
    expect(await publish("@acme/open", "1.0.0")).toMatchObject({ code: 0 });
    expect(await status(acme, "@acme/secret")).toBe("@acme/secret: private");
    expect(await status(acme, "@acme/open")).toBe("@acme/open: public");
    expect(await status(nobody, "@acme/open")).toBe("@acme/open: public");
    expect(await status(jane, "@acme/secret")).toBe("npm error code E404");
    expect((await jane.npm(["view", "@acme/secret"])).stderr).toContain("E404");
    expect((await acme.npm(["view", "@acme/secret", "version"])).stdout.trim()).toBe("1.0.0");
  });

  it("neither exposes nor hides a skill by a later publish", async () => {
    await publish("@acme/steady", "1.0.0", "--access", "restricted");
    const exposing = await publish("@acme/steady", "1.1.0", "--access", "public");
    expect(exposing.code).toBe(1);
    expect(exposing.stderr).toContain("@acme/steady is restricted, and a publish does not change that");
    expect(exposing.stderr).toContain("npm access set status=public @acme/steady");
    expect((await acme.npm(["view", "@acme/steady", "versions", "--json"])).stdout.trim()).toBe(
      '[\n  "1.0.0"\n]',
    );
    expect(await publish("@acme/steady", "1.1.0")).toMatchObject({ code: 0 });
    expect(await publish("@acme/steady", "1.2.0", "--access", "restricted")).toMatchObject({ code: 0 });
    expect(await status(acme, "@acme/steady")).toBe("@acme/steady: private");
    await publish("@acme/shown", "1.0.0");
    const hiding = await publish("@acme/shown", "1.1.0", "--access", "restricted");
    expect(hiding.stderr).toContain("npm access set status=private @acme/shown");
  });

  it("shows and hides a skill on purpose, from the next request on", async () => {
    await publish("@acme/turned", "1.0.0");
    const hidden = await acme.npm(["access", "set", "status=private", "@acme/turned"]);
    expect(hidden).toMatchObject({ code: 0, stdout: "@acme/turned: private\n" });
    expect(await status(jane, "@acme/turned")).toBe("npm error code E404");
    expect((await jane.npm(["search", "turned", "--json"])).stdout).not.toContain("@acme/turned");
    expect((await acme.npm(["search", "turned", "--json"])).stdout).toContain("@acme/turned");
    const shown = await acme.npm(["access", "set", "status=public", "@acme/turned"]);
    expect(shown).toMatchObject({ code: 0, stdout: "@acme/turned: public\n" });
    expect(await status(jane, "@acme/turned")).toBe("@acme/turned: public");
    expect((await jane.npm(["search", "turned", "--json"])).stdout).toContain("@acme/turned");
    const foreign = await jane.npm(["access", "set", "status=private", "@acme/turned"]);
    expect(foreign.stderr).toContain("the namespace @acme belongs to others");
  });

  it("takes the default of the namespace, and says so to nobody who does not ask", async () => {
    const { metadata } = registry.stores;
    await metadata.transaction(async (tx) => await tx.setNamespaceVisibility("firm", "restricted"));
    await publish("@firm/inner", "1.0.0");
    await publish("@firm/outer", "1.0.0", "--access", "public");
    expect(await status(acme, "@firm/inner")).toBe("@firm/inner: private");
    expect(await status(acme, "@firm/outer")).toBe("@firm/outer: public");
    expect(await status(nobody, "@firm/inner")).toBe("npm error code E404");
  });

  it("lets a team read a restricted skill, then write it, then neither", async () => {
    await publish("@firm/teamwork", "1.0.0", "--access", "restricted");
    for (const args of [
      ["team", "create", "firm:legal"],
      ["team", "add", "firm:legal", "jane"],
    ]) {
      expect(await acme.npm(args)).toMatchObject({ code: 0 });
    }
    expect(await status(jane, "@firm/teamwork")).toBe("npm error code E404");
    const granted = await acme.npm(["access", "grant", "read-only", "firm:legal", "@firm/teamwork"]);
    expect(granted).toMatchObject({ code: 0 });
    expect(await status(jane, "@firm/teamwork")).toBe("@firm/teamwork: private");
    const publishing = { cwd: await jane.skill("@firm/teamwork", "1.1.0") };
    expect((await jane.npm(["publish"], publishing)).code).toBe(1);
    await acme.npm(["access", "grant", "read-write", "firm:legal", "@firm/teamwork"]);
    expect(await jane.npm(["publish"], publishing)).toMatchObject({ code: 0 });
    expect((await acme.npm(["access", "list", "packages", "firm:legal"])).stdout).toBe(
      "@firm/teamwork: read-write\n",
    );
    expect((await acme.npm(["access", "list", "collaborators", "@firm/teamwork"])).stdout).toBe(
      "acme: read-write\njane: read-write\n",
    );
    await acme.npm(["access", "revoke", "firm:legal", "@firm/teamwork"]);
    expect(await status(jane, "@firm/teamwork")).toBe("npm error code E404");
  });

  it("grants nothing to a team of another namespace, to one that is not there, or by strangers", async () => {
    await acme.npm(["team", "create", "firm:sales"]);
    await publish("@acme/private-thing", "1.0.0", "--access", "restricted");
    const cases: [NpmUser, string[], string][] = [
      [acme, ["firm:sales", "@acme/private-thing"], "is not a skill of @firm"],
      [acme, ["firm:no-such-team", "@firm/teamwork"], "there is no team @firm:no-such-team"],
      [acme, ["firm:sales", "@firm/no-such-skill"], "there is no skill @firm/no-such-skill"],
      [jane, ["firm:sales", "@firm/teamwork"], "the namespace @firm belongs to others"],
    ];
    for (const [user, args, reason] of cases) {
      const refused = await user.npm(["access", "grant", "read-write", ...args]);
      expect(refused.stderr, args.join(" ")).toContain(reason);
    }
    expect((await acme.npm(["access", "list", "packages", "firm:sales"])).stdout.trim()).toBe("");
  });

  it("lists to each what they may see", async () => {
    await publish("@firm/listed", "1.0.0", "--access", "public");
    await publish("@firm/unlisted", "1.0.0", "--access", "restricted");
    const list = async (user: NpmUser, scope: string): Promise<unknown> => {
      const listed = await user.npm(["access", "list", "packages", scope, "--json"]);
      return listed.code === 0 ? JSON.parse(listed.stdout) : listed.stderr;
    };
    expect(await list(acme, "firm")).toMatchObject({
      "@firm/listed": "read-write",
      "@firm/unlisted": "read-write",
    });
    expect(await list(jane, "firm")).toHaveProperty(["@firm/listed"]);
    expect(await list(jane, "firm")).not.toHaveProperty(["@firm/unlisted"]);
    expect(await list(jane, "acme")).not.toHaveProperty(["@firm/listed"]);
    expect(await list(acme, "acme")).toMatchObject({
      "@firm/unlisted": "read-write",
      "@acme/secret": "read-write",
    });
    expect(await list(jane, "no-such-scope")).toContain("E404");
    const people = await jane.npm(["access", "list", "collaborators", "@firm/listed"]);
    expect(people.stderr).toContain("the namespace @firm belongs to others");
  });

  it("refuses what it does not know: second factors, other words, none", async () => {
    const refused = await acme.npm(["access", "set", "mfa=publish", "@acme/open"]);
    expect(refused.stderr).toContain("this registry asks for no second factor");
    const token = await registry.account("acme");
    const path = "/-/package/@acme%2fopen/access";
    for (const [body, code] of [
      [{ access: "secret" }, "EBADBODY"],
      [{}, "EBADBODY"],
      ["restricted", "EBADBODY"],
    ] as const) {
      const answer = await registry.fetch(path, { method: "POST", token, body: JSON.stringify(body) });
      expect(await jsonOf(answer)).toMatchObject({ code });
    }
    expect(await status(acme, "@acme/open")).toBe("@acme/open: public");
  });

  it("writes down who showed, hid and granted what", async () => {
    await publish("@firm/recorded", "1.0.0");
    await acme.npm(["access", "set", "status=public", "@firm/recorded"]);
    const log = await registry.stores.metadata.audit({ namespace: "firm", before: null, limit: 100 });
    const shown = log.map(({ account, action, subject, detail }) => ({ account, action, subject, detail }));
    expect(shown).toContainEqual({
      account: "acme",
      action: "visibility",
      subject: "@firm/recorded",
      detail: { visibility: "public" },
    });
    expect(shown).toContainEqual({
      account: "acme",
      action: "team.grant",
      subject: "@firm",
      detail: { team: "legal", package: "@firm/teamwork", permission: "read-only" },
    });
  });

  it("does not tell a run of CI whether the skill is public: npm would go on to make a statement of provenance elsewhere", async () => {
    const token = await runOfCi("@acme/open");
    const asked = await registry.fetch("/-/package/@acme%2fopen/visibility", { token });
    expect([asked.status, (await jsonOf<{ code: string }>(asked)).code]).toEqual([403, "EFORBIDDEN"]);
  });

  it("takes the default of the namespace for a first publish by a run of CI, and keeps what the skill has after it", async () => {
    const token = await runOfCi("@firm/by-robot");
    for (const version of ["1.0.0", "1.1.0"]) {
      const answer = await registry.fetch("/@firm%2fby-robot", {
        method: "PUT",
        token,
        body: JSON.stringify(publishBody({ name: "@firm/by-robot", version })),
      });
      expect(answer.status).toBe(201);
    }
    expect(await status(acme, "@firm/by-robot")).toBe("@firm/by-robot: private");
  });

  async function runOfCi(name: string): Promise<string> {
    return await registry.stores.metadata.transaction((tx) => giveRun(tx, name));
  }
});
