import validVersion from "semver/functions/valid.js";
import { z } from "zod";
import type { IssueCode } from "./issue.ts";
import { ISSUE_TABLE } from "./issue-table.ts";
import { parsePackageName } from "./name.ts";

/** Bounds of package.json; generous for people, small enough that a packument of a thousand versions stays servable. */
const TEXT_MAX = 4_096;
const WORD_MAX = 256;
const URL_MAX = 2_048;
const LIST_MAX = 100;

const text = z.string().max(TEXT_MAX);
const word = z.string().max(WORD_MAX);
const url = z.string().max(URL_MAX);
const webUrl = url.regex(/^https?:\/\/[^\s]+$/i);
const ranges = z
  .record(word, word)
  .refine((record) => Object.keys(record).length <= LIST_MAX, { error: `has more than ${LIST_MAX} entries` });

/** What one version is allowed to waive. */
export interface Waiver {
  /** Path of the file inside the package. */
  path: string;
  code: IssueCode;
}

export interface Person {
  name?: string;
  email?: string;
  url?: string;
}

export interface Repository {
  type?: string;
  url: string;
  directory?: string;
}

export interface Bugs {
  url?: string;
  email?: string;
}

const personFields = z.object({
  name: word.exactOptional(),
  email: word.exactOptional(),
  url: url.exactOptional(),
});
const person = z.union([word.transform(parsePerson), personFields]).transform(definedFields);

/** Fields of package.json that the registry keeps, in the shape that npm's own normalisation gives them. */
export const packageFieldsSchema = z.object({
  description: text.exactOptional(),
  keywords: z
    .union([z.array(word).max(LIST_MAX), text.transform((list) => list.split(/,\s+/))])
    .transform((list) => list.filter((keyword) => keyword !== ""))
    .exactOptional(),
  license: z.union([word, z.object({ type: word }).transform(({ type }) => type)]).exactOptional(),
  author: person.exactOptional(),
  contributors: z.array(person).max(LIST_MAX).exactOptional(),
  homepage: webUrl.exactOptional(),
  repository: z
    .union([
      url.transform((address): Repository => ({ type: "git", url: address })),
      z.object({ type: word.exactOptional(), url, directory: text.exactOptional() }),
    ])
    .exactOptional(),
  bugs: z
    .union([
      webUrl.transform((address): Bugs => ({ url: address })),
      word.regex(/^[^\s@]+@[^\s@]+$/).transform((email): Bugs => ({ email })),
      z.object({ url: webUrl.exactOptional(), email: word.exactOptional() }),
    ])
    .exactOptional(),
  dependencies: ranges.exactOptional(),
  optionalDependencies: ranges.exactOptional(),
  peerDependencies: ranges.exactOptional(),
  engines: ranges.exactOptional(),
});

const isIssueCode = (code: string): code is IssueCode => Object.hasOwn(ISSUE_TABLE, code);

const waivableCode = z.string().refine((code): code is IssueCode => {
  return isIssueCode(code) && "waivable" in ISSUE_TABLE[code];
});

/** Where the files of an imported skill come from. Who publishes says so; nobody has proved it. */
const importedFrom = z.object({
  /** Address of the repository, archive or site, without credentials. */
  repository: url.refine((address) => !hasCredentials(address), { error: "has credentials in it" }),
  /** Commit of the repository; absent for what has none. */
  commit: word.exactOptional(),
  /** Folder of the skill in it, `/`-separated; empty for the top. */
  path: text.refine(isInside, { error: "leads out of the repository" }),
});
export type ImportedFrom = z.infer<typeof importedFrom>;

/** The version that a fork began with, or last took over. */
const forkedFrom = z.object({
  name: word.refine((name) => parsePackageName(name) !== undefined, {
    error: "is not @namespace/skill-name",
  }),
  version: word.refine((version) => validVersion(version) === version, { error: "is not an exact version" }),
});
export type ForkedFrom = z.infer<typeof forkedFrom>;

/** Our own field: settings of the publish that are not npm's. */
export const skillSettingsSchema = z.object({
  importedFrom: importedFrom.exactOptional(),
  forkedFrom: forkedFrom.exactOptional(),
  allow: z
    .array(z.object({ path: text, code: waivableCode }))
    .max(LIST_MAX)
    .exactOptional(),
});

/**
 * `Jane Doe <jane@example.org> (https://example.org)`, read as npm reads it, so that the string in package.json
 * and the object in the body of a publish come out equal.
 */
function parsePerson(line: string): Person {
  const name = /^[^(<]+/.exec(line)?.[0].trim();
  const email = /<([^<>]+)>/.exec(line)?.[1];
  const address = /\(([^()]+)\)/.exec(line)?.[1];
  return { name: name ?? "", email: email ?? "", url: address ?? "" };
}

function definedFields(found: Person): Person {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ""));
}

/** `ssh://git@host` names an account that everybody uses; in https a name alone may be a token. */
function hasCredentials(address: string): boolean {
  // `name:password@host:path`, which is no URL.
  if (/^[^/@]*:[^/@]*@/.test(address)) return true;
  const parsed = URL.parse(address.replace(/^git\+/, ""));
  if (parsed === null) return false;
  return parsed.password !== "" || (/^https?:$/.test(parsed.protocol) && parsed.username !== "");
}

function isInside(path: string): boolean {
  return !path.startsWith("/") && !path.split("/").includes("..");
}
