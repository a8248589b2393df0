import type { PostgresConfig } from "../../plugin/src/config.ts";

/** Variable with the address at which test/support/postgres-setup.ts can be asked for databases. */
export const STARTER = "SKILLS_TEST_POSTGRES";

export interface TestDatabase extends AsyncDisposable {
  url: string;
}

/** A database of its own with the tables of the registry, empty. Others get it afterwards: whoever changes its tables takes an empty one. */
export async function makeDatabase(): Promise<TestDatabase> {
  return disposable(await ask("POST", "/"));
}

/** A database without tables. */
export async function makeEmptyDatabase(): Promise<TestDatabase> {
  return disposable(await ask("POST", "/empty"));
}

/** For the section `metadata` of the configuration. */
export function postgresSettings(url: string, changes: Partial<PostgresConfig> = {}): PostgresConfig {
  return { type: "postgres", url, replicas: [], connections: 5, statementSeconds: 30, ...changes };
}

function disposable(url: string): TestDatabase {
  const address = `/?${new URLSearchParams({ url }).toString()}`;
  return { url, [Symbol.asyncDispose]: async () => void (await ask("DELETE", address)) };
}

async function ask(method: "POST" | "DELETE", path: string): Promise<string> {
  const starter = process.env[STARTER];
  if (starter === undefined) throw new Error("databases are there only for tests that vitest runs");
  const answer = await fetch(starter + path, { method });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
