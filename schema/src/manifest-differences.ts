import { isDeepStrictEqual } from "node:util";
import type { PackageManifest } from "./package-json.ts";

/** npm fills these in the body of a publish, from README, AUTHORS and the repository's host, when package.json lacks them. */
const FILLED_BY_NPM = new Set(["description", "contributors", "homepage", "bugs"]);

/**
 * Fields in which the body of a publish says other than the package.json that was packed: manifest confusion, where readers
 * see one package and install another. What npm itself adds or respells on the way is not a difference.
 */
export function manifestDifferences(packed: PackageManifest, claimed: PackageManifest): string[] {
  const ours = new Map<string, unknown>(Object.entries(packed));
  const theirs = new Map<string, unknown>(Object.entries(claimed));
  const fields = new Set([...ours.keys(), ...theirs.keys()]);
  fields.delete("repository");
  const differing = [...fields].filter((field) => {
    if (isDeepStrictEqual(ours.get(field), theirs.get(field))) return false;
    return ours.has(field) || !FILLED_BY_NPM.has(field);
  });
  return isSameRepository(packed, claimed) ? differing : [...differing, "repository"];
}

function isSameRepository(packed: PackageManifest, claimed: PackageManifest): boolean {
  const [a, b] = [packed.repository, claimed.repository];
  if (a === undefined || b === undefined) return a === b;
  return repositoryKey(a.url) === repositoryKey(b.url) && a.directory === b.directory;
}

/** `github:acme/skills`, `git@github.com:acme/skills.git`, `acme/skills` and the URL that npm makes of them: one key. */
function repositoryKey(address: string): string {
  const hosts: Record<string, string> = {
    github: "github.com",
    gitlab: "gitlab.com",
    bitbucket: "bitbucket.org",
  };
  return address
    .replace(/^(github|gitlab|bitbucket):/, (_, host: string) => `${hosts[host] ?? host}/`)
    .replace(/^[\w.-]+\/[\w.-]+$/, (short) => `github.com/${short}`)
    .replace(/^(?:git\+)?(?:https?|ssh|git):\/\//, "")
    .replace(/^git@/, "")
    .replace(/^([\w.-]+):(?![0-9])/, "$1/")
    .replace(/\.git(?=#|$)/, "")
    .replace(/\/$/, "")
    .toLowerCase();
}
