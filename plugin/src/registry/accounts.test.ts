import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultSettings } from "../config-file.ts";
import { buildRegistry, type Registry } from "../open.ts";
import { openStores } from "../open-stores.ts";
import type { Token, TokenKind } from "../store/identity.ts";
import { confirmPassword, type Credentials, signIn } from "./accounts.ts";
import type { Caller } from "./caller.ts";
import type { Parts } from "./parts.ts";
import { createToken, findToken, type TokenRequest } from "./tokens.ts";

const DAY_MS = 86_400_000;
const caller = (address: string): Caller => ({
  account: null,
  token: null,
  operator: false,
  address,
  local: address.startsWith("127."),
});
const EVERYTHING: TokenRequest = {
  kind: "token",
  name: null,
  readonly: false,
  packages: [],
  cidr: [],
  expiresAt: null,
};
const credentials = (name: string, password = "correct horse battery"): Credentials => ({
  name,
  password,
  email: null,
});

describe("accounts", () => {
  let dir: string;
  let registry: Registry;
  let parts: Parts;
  let now = new Date("2026-01-01T00:00:00Z");

  beforeAll(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), "skills-accounts-"));
    const { registry: config } = defaultSettings(dir);
    registry = await buildRegistry(config, await openStores(config), () => now);
    parts = registry.services.parts;
  });
  afterAll(async () => {
    await registry.close();
    await rm(dir, { recursive: true, force: true });
  });

  it("register from this machine and log in again with the same password", async () => {
    const first = await signIn(parts, caller("127.0.0.1"), credentials("alice"));
    expect(first.registered).toBe(true);
    const second = await signIn(parts, caller("10.1.1.1"), credentials("alice"));
    expect(second).toMatchObject({ registered: false, account: { name: "alice" } });
    expect(second.secret).not.toBe(first.secret);
  });

  it("cannot be told apart from names that do not exist, where registration is closed", async () => {
    const away = caller("10.1.1.2");
    await expect(signIn(parts, away, credentials("alice", "wrong password"))).rejects.toThrow(
      "wrong user name or password, and nobody can register here",
    );
    await expect(signIn(parts, away, credentials("nobody", "wrong password"))).rejects.toThrow(
      "wrong user name or password, and nobody can register here",
    );
  });

  it.each(["Alice", "al ice", "-alice", "@alice", "a".repeat(65), "ålice", "alice."])(
    "refuse the name %s",
    async (name) => {
      await expect(signIn(parts, caller("127.0.0.1"), credentials(name))).rejects.toMatchObject({
        code: "EBADNAME",
      });
    },
  );

  it.each(["admin", "a1ice", "al-ice"])(
    "refuse the name %s, which people could take for another",
    async (name) => {
      await expect(signIn(parts, caller("127.0.0.1"), credentials(name))).rejects.toMatchObject({
        code: "ENAMETAKEN",
      });
      expect(await parts.metadata.account(name)).toBeUndefined();
      expect(await parts.metadata.namespace(name)).toBeUndefined();
    },
  );

  it("belong to one of two who register the same name at once", async () => {
    const both = ["first password", "second password"].map(
      async (password) => await signIn(parts, caller("127.0.0.1"), credentials("wanted", password)),
    );
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const lost = outcomes.find((outcome) => outcome.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "ENAMETAKEN" });
    expect(await parts.metadata.members("wanted")).toEqual([{ account: "wanted", role: "owner" }]);
  });

  it("refuse a short password", async () => {
    await expect(signIn(parts, caller("127.0.0.1"), credentials("bob", "short"))).rejects.toThrow("8 to 256");
  });

  it("cannot be guessed at from the many addresses of one IPv6 network", async () => {
    await parts.attempts.addresses.penalty("2001:db8:9:9", 29);
    const guess = async (address: string): Promise<unknown> =>
      await signIn(parts, caller(address), credentials("nobody", "wrong password"));
    await expect(guess("2001:db8:9:9::1")).rejects.toMatchObject({ code: "EREGISTRATIONCLOSED" });
    await expect(guess("2001:db8:9:9:ffff::1")).rejects.toMatchObject({ code: "ETOOMANY" });
    await expect(guess("2001:db8:9:8::1")).rejects.toMatchObject({ code: "EREGISTRATIONCLOSED" });
  });

  it("cannot be registered without end from one address", async () => {
    const { registrations } = parts.attempts;
    const robot = caller("127.6.6.6");
    await registrations.penalty(robot.address, 49);
    await expect(signIn(parts, robot, credentials("robot-1"))).resolves.toMatchObject({ registered: true });
    await expect(signIn(parts, robot, credentials("robot-2"))).rejects.toMatchObject({ code: "ETOOMANY" });
  });

  it("lose a token when it expires", async () => {
    const { account } = await signIn(parts, caller("127.0.0.1"), credentials("carol"));
    const owner = { ...caller("127.0.0.1"), account };
    const expiresAt = new Date(now.getTime() + DAY_MS).toISOString();
    const { secret } = await createToken(parts, owner, { ...EVERYTHING, expiresAt });
    expect(await findToken(parts, secret)).toMatchObject({ account: { name: "carol" } });
    now = new Date(now.getTime() + DAY_MS);
    expect(await findToken(parts, secret)).toBeUndefined();
  });

  it("without a password are confirmed by a login of the last ten minutes", async () => {
    const made = { name: "octocat", email: null, passwordHash: null, operator: false, lockedAt: null };
    const account = await parts.metadata.transaction(
      async (tx) => await tx.insertAccount({ ...made, createdAt: now.toISOString() }, "octocat"),
    );
    const anybody = caller("127.0.0.1");
    const confirm = async (kind: TokenKind | null): Promise<void> => {
      const token = kind === null ? null : tokens.get(kind);
      if (token === undefined) throw new Error("no token");
      await confirmPassword(parts, { ...anybody, account, token }, "");
    };
    const tokens = new Map<TokenKind, Token>();
    for (const kind of ["login", "session", "token"] as const) {
      const { token } = await createToken(parts, { ...anybody, account }, { ...EVERYTHING, kind });
      tokens.set(kind, token);
    }
    await confirm("login");
    await confirm("session");
    const old = "this needs a login of the last ten minutes";
    await expect(confirm("token")).rejects.toMatchObject({ code: "EFORBIDDEN", message: old });
    await expect(confirm(null)).rejects.toMatchObject({ message: old });
    now = new Date(now.getTime() + 10 * 60_000);
    await confirm("login");
    now = new Date(now.getTime() + 1);
    for (const kind of ["login", "session"] as const) {
      await expect(confirm(kind)).rejects.toMatchObject({ code: "EFORBIDDEN", message: old });
    }
  });

  it("let nobody in whose password was replaced while it was checked", async () => {
    const { account } = await signIn(parts, caller("127.0.0.1"), credentials("frank"));
    const { hash, verify } = parts.passwords;
    const another = await hash("another horse battery");
    // As an operator does it, who ends all logins in the same transaction.
    const slow: Parts["passwords"] = {
      hash,
      async verify(password, known) {
        const right = await verify(password, known);
        await parts.metadata.transaction(async (tx) => {
          await tx.setPassword(account.id, another);
          await tx.deleteTokens(account.id);
        });
        return right;
      },
    };
    await expect(
      signIn({ ...parts, passwords: slow }, caller("10.1.1.1"), credentials("frank")),
    ).rejects.toMatchObject({ code: "ENEEDAUTH" });
    expect(await parts.metadata.tokens(account.id)).toEqual([]);
  });

  it("lose sessions that have ended at the next login", async () => {
    const { account } = await signIn(parts, caller("127.0.0.1"), credentials("erin"));
    const owner = { ...caller("127.0.0.1"), account };
    const expiresAt = new Date(now.getTime() + DAY_MS).toISOString();
    await createToken(parts, owner, { ...EVERYTHING, kind: "session", expiresAt });
    await createToken(parts, owner, { ...EVERYTHING, expiresAt });
    const kinds = async (): Promise<string[]> =>
      (await parts.metadata.tokens(account.id)).map(({ kind }) => kind).toSorted((a, b) => (a < b ? -1 : 1));
    expect(await kinds()).toEqual(["login", "session", "token"]);
    now = new Date(now.getTime() + DAY_MS + 1);
    await signIn(parts, caller("127.0.0.1"), credentials("erin"));
    expect(await kinds()).toEqual(["login", "login", "token"]);
  });

  it("keep no secret in the database", async () => {
    const { secret } = await signIn(parts, caller("127.0.0.1"), credentials("dave"));
    const { readFile } = await import("node:fs/promises");
    const files = await Promise.all(
      ["registry.sqlite", "registry.sqlite-wal"].map(
        async (file) => await readFile(path.join(dir, "data", file), "latin1").catch(() => ""),
      ),
    );
    expect(files.join("")).toContain("dave");
    expect(files.join("")).not.toContain(secret);
    expect(files.join("")).not.toContain("correct horse battery");
  });
});
