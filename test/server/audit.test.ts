import { cp, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuditVerdict, verifyAudit } from "../../plugin/src/registry/audit-chain.ts";
import { auditHash } from "../../plugin/src/store/audit-hash.ts";
import { openSqlite } from "../../plugin/src/store/metadata/sqlite/open.ts";
import { registryCommand } from "../support/registry-command.ts";

const ENTRIES = 7;

describe("skills-registry audit", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "skills-audit-"));
    const metadata = await openSqlite({ file: path.join(folder, "sound/registry.sqlite") });
    for (let number = 1; number <= ENTRIES; number += 1) {
      await metadata.transaction(async (tx) =>
        tx.appendAudit({
          at: `2026-11-2${number}T10:00:00.000Z`,
          account: number % 2 === 0 ? "acme" : null,
          action: "test",
          subject: `@acme/sample@1.0.${number}`,
          namespace: number % 2 === 0 ? "acme" : null,
          detail: { number, nested: { "2": "b", "10": ["ü", null] } },
          address: "127.0.0.1",
        }),
      );
    }
    await metadata.close();
  });
  afterAll(async () => await rm(folder, { recursive: true, force: true }));

  /** A copy of the registry, after somebody got at its database. */
  async function tampered(name: string, ...statements: string[]): Promise<string> {
    const data = path.join(folder, name);
    await cp(path.join(folder, "sound"), data, { recursive: true });
    const database = new DatabaseSync(path.join(data, "registry.sqlite"));
    database.exec("drop trigger audit_no_update; drop trigger audit_no_delete");
    for (const statement of statements) database.exec(statement);
    database.close();
    return data;
  }

  async function verify(data: string, expected?: { id: number; hash: string }): Promise<AuditVerdict> {
    const metadata = await openSqlite({ file: path.join(data, "registry.sqlite") });
    const verdict = await verifyAudit(metadata, expected === undefined ? {} : { expected });
    await metadata.close();
    return verdict;
  }

  async function soundHead(): Promise<{ id: number; hash: string }> {
    const verdict = await verify(path.join(folder, "sound"));
    if (!verdict.intact) throw new Error(verdict.problem);
    return verdict.head;
  }

  it("finds a log as it was written sound, and tells its head", async () => {
    const { head } = { head: await soundHead() };
    expect(head).toEqual({ id: ENTRIES, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const sound = await registryCommand(path.join(folder, "sound"), ["audit", "verify"]);
    expect(sound).toMatchObject({
      code: 0,
      stdout: `${ENTRIES} entries, each as it was written\nhead ${head.id}:${head.hash}\n`,
    });
  });

  it("is exported without anything that a terminal obeys, and parsed as it was written", async () => {
    const data = path.join(folder, "hostile");
    const account = "\u009b31m\u001b[2J\u202e\u{e0041}\u2028é";
    const metadata = await openSqlite({ file: path.join(data, "registry.sqlite") });
    const entry = {
      at: "2026-11-22T10:00:00.000Z",
      account: null,
      action: "role.set.refused",
      address: "::1",
    };
    await metadata.transaction(async (tx) =>
      tx.appendAudit({ ...entry, subject: "@acme", namespace: "acme", detail: { account } }),
    );
    await metadata.close();
    const { stdout } = await registryCommand(data, ["audit", "export"]);
    expect(stdout).toMatch(/^[\x20-\x7eé]+\n$/);
    expect(JSON.parse(stdout).detail).toEqual({ account });
  });

  it("can be computed by anybody, from an export", async () => {
    const { stdout } = await registryCommand(path.join(folder, "sound"), ["audit", "export"]);
    let before = "0".repeat(64);
    for (const line of stdout.trimEnd().split("\n")) {
      const { hash, detail, ...entry } = JSON.parse(line);
      before = auditHash(before, { ...entry, detail: JSON.stringify(detail) });
      expect(hash).toBe(before);
    }
    expect(before).toBe((await soundHead()).hash);
  });

  it("exports what was asked for", async () => {
    const exported = async (...args: string[]): Promise<number[]> => {
      const { stdout } = await registryCommand(path.join(folder, "sound"), ["audit", "export", ...args]);
      return stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line): number => Number(JSON.parse(line).id));
    };
    expect(await exported("--namespace", "@acme")).toEqual([2, 4, 6]);
    expect(await exported("--since", "2026-11-26")).toEqual([6, 7]);
    expect(await exported("--since", "2026-11-26T10:00:01Z", "--namespace", "acme")).toEqual([]);
  });

  it.each([
    ["a changed detail", 3, [`update audit set detail = '{"number":9}' where id = 3`]],
    ["a changed account", 4, ["update audit set account = 'mallory' where id = 4"]],
    ["a changed address", 2, ["update audit set address = '10.0.0.1' where id = 2"]],
    ["a changed hash", 5, [`update audit set hash = '${"a".repeat(64)}' where id = 5`]],
    ["a deleted entry", 4, ["delete from audit where id = 4"]],
    ["a deleted first entry", 1, ["delete from audit where id = 1"]],
    [
      "a deleted entry, the others moved up",
      4,
      ["delete from audit where id = 4", "update audit set id = id - 1 where id > 4"],
    ],
    [
      "two entries in each other's place",
      3,
      [
        "update audit set id = 99 where id = 3",
        "update audit set id = 3 where id = 5",
        "update audit set id = 5 where id = 99",
      ],
    ],
    [
      "an entry put in",
      8,
      [
        "insert into audit (id, at, account, action, subject, detail, address, hash) select 8, at, account, action, subject, detail, address, hash from audit where id = 7",
      ],
    ],
  ])("finds %s at entry %i", async (name, id, statements) => {
    const data = await tampered(name.replaceAll(/\W/g, "-"), ...statements);
    expect(await verify(data)).toMatchObject({ intact: false, id });
  });

  it("ends with 1 and says where, when the chain is broken", async () => {
    const data = await tampered("exit", "update audit set subject = 'other' where id = 2");
    const broken = await registryCommand(data, ["audit", "verify"]);
    expect(broken).toMatchObject({ code: 1, stderr: "" });
    expect(broken.stdout).toContain("broken at entry 2");
    const json = await registryCommand(data, ["audit", "verify", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ intact: false, id: 2 });
  });

  it("sees a cut-off end against a head that was noted, and only against one", async () => {
    const head = await soundHead();
    const data = await tampered("cut", "delete from audit where id > 5");
    expect(await verify(data)).toMatchObject({ intact: true, count: 5 });
    expect(await verify(data, head)).toMatchObject({ intact: false, id: 6 });
    const cut = await registryCommand(data, ["audit", "verify", "--expect", `${head.id}:${head.hash}`]);
    expect(cut.code).toBe(1);
    expect(cut.stdout).toContain("cut off");
  });

  it("sees a log that was written anew against a head that was noted", async () => {
    const head = await soundHead();
    const data = await tampered("anew", "delete from audit");
    const metadata = await openSqlite({ file: path.join(data, "registry.sqlite") });
    for (let number = 1; number <= ENTRIES; number += 1) {
      const entry = {
        at: "2026-11-22T10:00:00.000Z",
        account: null,
        action: "test",
        subject: "x",
        namespace: null,
      };
      await metadata.transaction(async (tx) => tx.appendAudit({ ...entry, detail: {}, address: "" }));
    }
    await metadata.close();
    expect(await verify(data)).toMatchObject({ intact: true });
    expect(await verify(data, head)).toMatchObject({ intact: false, id: ENTRIES });
  });

  it("cannot be changed by mistake", () => {
    const database = new DatabaseSync(path.join(folder, "sound/registry.sqlite"));
    expect(() => database.exec("update audit set action = 'x'")).toThrow("append-only");
    expect(() => database.exec("delete from audit")).toThrow("append-only");
    database.close();
  });

  it.each([
    [["verify", "--expect", "7"], "--expect takes"],
    [["export", "--since", "yesterday"], "is not a date"],
  ])("refuses %j", async (args, message) => {
    const refused = await registryCommand(path.join(folder, "sound"), ["audit", ...args]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain(message);
  });
});
