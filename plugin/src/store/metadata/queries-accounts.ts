import type { Kysely } from "kysely";
import type { Account, Token } from "../metadata.ts";
import { toAccount, toToken } from "./rows.ts";
import type { Database } from "./schema.ts";

/** Accounts and their tokens. */

type Db = Kysely<Database>;

const TOKEN_COLUMNS = [
  "tokens.id",
  "tokens.account_id",
  "tokens.hash",
  "tokens.hint",
  "tokens.name",
  "tokens.readonly",
  "tokens.cidr",
  "tokens.created_at",
  "tokens.expires_at",
] as const;

export async function account(db: Db, name: string): Promise<Account | undefined> {
  const row = await db.selectFrom("accounts").selectAll().where("name", "=", name).executeTakeFirst();
  return row && toAccount(row);
}

export async function token(db: Db, hash: string): Promise<{ token: Token; account: Account } | undefined> {
  const row = await db
    .selectFrom("tokens")
    .innerJoin("accounts", "accounts.id", "tokens.account_id")
    .select(TOKEN_COLUMNS)
    .select(["accounts.name as login", "accounts.email", "accounts.password_hash"])
    .select("accounts.created_at as joined_at")
    .where("tokens.hash", "=", hash)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const owner = { ...row, id: row.account_id, name: row.login, created_at: row.joined_at };
  return { token: toToken(row), account: toAccount(owner) };
}

export async function tokens(db: Db, accountId: number): Promise<Token[]> {
  const rows = await db
    .selectFrom("tokens")
    .select(TOKEN_COLUMNS)
    .where("account_id", "=", accountId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map(toToken);
}

export async function insertAccount(db: Db, account: Omit<Account, "id">): Promise<Account> {
  const { id } = await db
    .insertInto("accounts")
    .values({
      name: account.name,
      email: account.email,
      password_hash: account.passwordHash,
      created_at: account.createdAt,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return { ...account, id };
}

export async function insertToken(db: Db, token: Token): Promise<void> {
  await db
    .insertInto("tokens")
    .values({
      id: token.id,
      account_id: token.accountId,
      hash: token.hash,
      hint: token.hint,
      name: token.name,
      readonly: token.readonly,
      cidr: JSON.stringify(token.cidr),
      created_at: token.createdAt,
      expires_at: token.expiresAt,
    })
    .execute();
}

export async function deleteToken(db: Db, accountId: number, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("tokens")
    .where("account_id", "=", accountId)
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
