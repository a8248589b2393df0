import type { Kysely, Updateable } from "kysely";
import type { Account, IdentityWriter, Token, TokenKind } from "../identity.ts";
import { toAccount, toToken } from "./rows-identity.ts";
import type { AccountTable, Database } from "./schema.ts";

/** Accounts and their tokens. */

type Db = Kysely<Database>;

/** Kinds of tokens that nobody asks about once they have ended. */
const FORGOTTEN_KINDS = ["session", "publish"];

export async function account(db: Db, name: string): Promise<Account | undefined> {
  const row = await db.selectFrom("accounts").selectAll().where("name", "=", name).executeTakeFirst();
  return row && toAccount(row);
}

export async function accountById(db: Db, id: number): Promise<Account | undefined> {
  const row = await db.selectFrom("accounts").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toAccount(row);
}

export async function operators(db: Db): Promise<Account[]> {
  const rows = await db
    .selectFrom("accounts")
    .selectAll()
    .where("operator", "=", true)
    .orderBy("name")
    .execute();
  return rows.map(toAccount);
}

export async function lockedAccounts(db: Db): Promise<Account[]> {
  const rows = await db
    .selectFrom("accounts")
    .selectAll()
    .where("locked_at", "is not", null)
    .orderBy("name")
    .execute();
  return rows.map(toAccount);
}

export async function token(
  db: Db,
  hash: string,
): Promise<{ token: Token; account: Account | null } | undefined> {
  const row = await db
    .selectFrom("tokens")
    .leftJoin("accounts", "accounts.id", "tokens.account_id")
    .selectAll("tokens")
    .select(["accounts.name as login", "accounts.email", "accounts.password_hash", "accounts.operator"])
    .select(["accounts.locked_at", "accounts.created_at as joined_at"])
    .where("tokens.hash", "=", hash)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const {
    account_id: id,
    login: name,
    email,
    password_hash,
    operator,
    locked_at,
    joined_at: created_at,
  } = row;
  if (id === null || name === null || password_hash === null || operator === null || created_at === null) {
    return { token: toToken(row), account: null };
  }
  const owner = { id, name, email, password_hash, operator, locked_at, created_at };
  return { token: toToken(row), account: toAccount(owner) };
}

export async function tokens(db: Db, accountId: number): Promise<Token[]> {
  const rows = await db
    .selectFrom("tokens")
    .selectAll()
    .where("account_id", "=", accountId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map(toToken);
}

export async function insertAccount(
  db: Db,
  account: Omit<Account, "id">,
  skeleton: string,
): Promise<Account> {
  const { name, createdAt: created_at } = account;
  const { id } = await db
    .insertInto("accounts")
    .values({
      name,
      email: account.email,
      password_hash: account.passwordHash ?? "",
      operator: account.operator,
      locked_at: account.lockedAt,
      created_at,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  await db
    .insertInto("namespaces")
    .values({ name, skeleton, kind: "personal", visibility: null, moved_to: null, created_at })
    .execute();
  await db.insertInto("members").values({ namespace: name, account_id: id, role: "owner" }).execute();
  return { ...account, id };
}

export async function updateAccount(
  db: Db,
  accountId: number,
  changes: Pick<Updateable<AccountTable>, "password_hash" | "email" | "operator" | "locked_at">,
): Promise<void> {
  await db.updateTable("accounts").set(changes).where("id", "=", accountId).execute();
}

export async function insertToken(db: Db, token: Token): Promise<void> {
  await db
    .insertInto("tokens")
    .values({
      id: token.id,
      account_id: token.accountId,
      kind: token.kind,
      hash: token.hash,
      hint: token.hint,
      name: token.name,
      readonly: token.readonly,
      packages: JSON.stringify(token.packages),
      cidr: JSON.stringify(token.cidr),
      created_at: token.createdAt,
      expires_at: token.expiresAt,
      last_used_at: token.lastUsedAt,
      trust_id: token.trustId,
      provenance: token.provenance && JSON.stringify(token.provenance),
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

export async function deleteTokens(db: Db, accountId: number, kinds?: TokenKind[]): Promise<number> {
  if (kinds?.length === 0) return 0;
  const all = db.deleteFrom("tokens").where("account_id", "=", accountId);
  const query = kinds === undefined ? all : all.where("kind", "in", kinds);
  const { numDeletedRows } = await query.executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

export async function deleteEndedTokens(db: Db, before: string): Promise<void> {
  await db
    .deleteFrom("tokens")
    .where("expires_at", "<", before)
    .where("kind", "in", FORGOTTEN_KINDS)
    .execute();
}

/** Never sets a time back: several nodes write down the uses that they have seen. */
export async function setTokensUsed(
  db: Db,
  uses: Parameters<IdentityWriter["setTokensUsed"]>[0],
): Promise<void> {
  for (const { id, at } of uses) {
    await db
      .updateTable("tokens")
      .set({ last_used_at: at })
      .where("id", "=", id)
      .where((eb) => eb.or([eb("last_used_at", "is", null), eb("last_used_at", "<", at)]))
      .execute();
  }
}
