import { readFile } from "node:fs/promises";
import type { Secret } from "../../../config-stores.ts";

/** Where a database is. */
export interface Address {
  /** With the password, where one stands in it: for pg alone. */
  url: string;
  /** For messages: host, port and name of the database, nothing else. */
  shown: string;
}

/** Reads the secret. Throws without ever repeating what was read: it may hold a password. */
export async function addressOf(secret: Secret): Promise<Address> {
  const url = (typeof secret === "string" ? secret : await readSecret(secret.file)).trim();
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url) || !isWhole(new URL(url))) {
    throw new Error(
      "the address of the database has to look like postgres://user@host:5432/database; in its password, / ? # and @ are written as %2F %3F %23 and %40",
    );
  }
  const { host, pathname, searchParams } = new URL(url);
  const name = decodeURIComponent(pathname.slice(1));
  return { url, shown: `${host || (searchParams.get("host") ?? "localhost")}/${name}` };
}

/**
 * False for an address that a password has cut in two: what stands behind its `/` would be taken for the name of the database and shown,
 * and what stands before it be asked of the name servers.
 */
function isWhole({ pathname, search, hash }: URL): boolean {
  return /^\/?[^/@]*$/.test(pathname) && isEncoded(pathname) && !search.includes("@") && hash === "";
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

async function readSecret(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`the address of the database cannot be read: ${message}`, { cause: error });
  }
}
