import { readFile } from "node:fs/promises";
import type { Secret } from "./config-stores.ts";

/** A secret of the configuration, out of its file if it is in one; `key` names it: `skills.tracing.headers`. Throws where there is none. */
export async function readSecret(key: string, secret: Secret): Promise<string> {
  if (typeof secret === "string") return secret;
  const text = await readFile(secret.file, "utf8").catch((cause: unknown) => {
    throw new Error(`${key}: the secret cannot be read from ${secret.file}`, { cause });
  });
  if (text.trim() === "") throw new Error(`${key}: ${secret.file} is empty`);
  return text.trim();
}
