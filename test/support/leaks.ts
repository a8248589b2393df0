import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Every token and password that tests of this file have made or used. None of them belongs into anything that is shown. */
const secrets = new Set<string>();

/** Shorter ones would be found by chance. */
const SHORTEST = 8;

/** Has every output from here on looked through for a secret; gives it back. */
export function guardSecret(secret: string): string {
  if (secret.length >= SHORTEST) secrets.add(secret);
  return secret;
}

/** Gives the text back; throws when a secret stands in it. */
export function refuseLeak(text: string, where: string): string {
  for (const secret of secrets) {
    if (text.includes(secret))
      throw new Error(`a secret stands in ${where}: ${text.replaceAll(secret, "<SECRET>")}`);
  }
  return text;
}

/** Guards the credentials of .npmrc, which a login may just have written. */
export async function guardNpmrc(folders: string[]): Promise<void> {
  for (const text of await texts(folders, [".npmrc"])) {
    for (const [, secret = ""] of text.matchAll(/:(?:_authToken|_auth|_password)\s*=\s*"?([^\s"$]+)/g))
      guardSecret(secret);
  }
}

/** The files that people commit, of a project and of a home. */
export async function refuseLeakInFiles(project: string, home: string): Promise<void> {
  const names = ["skills.lock", "skills.json", "package.json"];
  const found = await texts([project, join(home, ".agents")], names);
  for (const text of found) refuseLeak(text, "a file of the project");
}

async function texts(folders: string[], names: string[]): Promise<string[]> {
  const paths = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return Promise.all(paths.map((path) => readFile(path, "utf8").catch(() => "")));
}
