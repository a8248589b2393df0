import path from "node:path";
import { expect, test } from "vitest";
import { sampleAccount, sampleToken } from "../../../../../test/contract/samples.ts";
import { temporaryFolder } from "../../../../../test/contract/temporary-folder.ts";
import { connectReader } from "./connect-reader.ts";
import { openSqlite } from "./open.ts";
import { rememberTokens } from "./token-memo.ts";

test("a token is looked up once, and again after anything was written", async () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "registry.sqlite");
  const metadata = await openSqlite({ file });
  const account = await metadata.transaction(async (tx) => {
    const made = await tx.insertAccount(sampleAccount("acme"), "acme");
    await tx.insertToken(sampleToken(made.id));
    return made;
  });
  const { hash, id } = sampleToken(account.id);
  const reading = connectReader(file);
  let lookUps = 0;
  const token = rememberTokens(reading, async (wanted) => {
    lookUps += 1;
    return await metadata.token(wanted);
  });

  expect((await token(hash))?.account?.name).toBe("acme");
  expect((await token(hash))?.token.id).toBe(id);
  expect(lookUps).toBe(1);
  expect(await token("b".repeat(64))).toBeUndefined();
  expect(await token("b".repeat(64))).toBeUndefined();
  expect(lookUps).toBe(3);

  await metadata.transaction(async (tx) => await tx.setLocked(account.id, "2026-03-02T10:00:00.000Z"));
  expect((await token(hash))?.account?.lockedAt).not.toBeNull();
  await metadata.transaction(async (tx) => await tx.deleteToken(account.id, id));
  expect(await token(hash)).toBeUndefined();
  reading.close();
  await metadata.close();
});
