import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultSettings } from "../config-file.ts";
import { buildRegistry, openStores, type Registry } from "../open.ts";
import { type Credentials, signIn } from "./accounts.ts";
import type { Caller } from "./caller.ts";
import type { Parts } from "./parts.ts";
import { createToken, findToken } from "./tokens.ts";

const DAY_MS = 86_400_000;
const caller = (address: string): Caller => ({
  account: null,
  token: null,
  operator: false,
  address,
  local: address.startsWith("127."),
});
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

  it("refuse a short password", async () => {
    await expect(signIn(parts, caller("127.0.0.1"), credentials("bob", "short"))).rejects.toThrow("8 to 256");
  });

  it("stop taking guesses after ten wrong passwords from one address", async () => {
    const guesser = caller("10.9.9.9");
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await expect(signIn(parts, guesser, credentials(`guess-${attempt}`, "wrong"))).rejects.toMatchObject({
        code: "EREGISTRATIONCLOSED",
      });
    }
    await expect(signIn(parts, guesser, credentials("alice"))).rejects.toMatchObject({ code: "ETOOMANY" });
    await expect(signIn(parts, caller("10.9.9.8"), credentials("alice"))).resolves.toMatchObject({
      registered: false,
    });
  });

  it("cannot be guessed longer from the many addresses of one IPv6 network", async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const guesser = caller(`2001:db8:9:9::${attempt + 1}`);
      await expect(signIn(parts, guesser, credentials(`v6-${attempt}`, "wrong"))).rejects.toMatchObject({
        code: "EREGISTRATIONCLOSED",
      });
    }
    const next = caller("2001:db8:9:9:ffff::1");
    await expect(signIn(parts, next, credentials("alice"))).rejects.toMatchObject({ code: "ETOOMANY" });
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
    const { secret } = await createToken(parts, owner, { name: null, readonly: false, cidr: [], expiresAt });
    expect(await findToken(parts, secret)).toMatchObject({ account: { name: "carol" } });
    now = new Date(now.getTime() + DAY_MS);
    expect(await findToken(parts, secret)).toBeUndefined();
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
