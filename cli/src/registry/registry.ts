import { SkillsError } from "@skills-registry/schema/basics";
import { z } from "zod";
import { isStatus, parseAnswer } from "./answer.ts";
import type { Context } from "../context.ts";
import { isNameOf } from "./moved.ts";
import { requestKept } from "./kept-answers.ts";
import { pickVersion, requestJson, send, type NpmOptions } from "./npm.ts";

/** What the registry answers, parsed once. Fields that we do not show or use are not looked at. */

const person = z.union([
  z.string(),
  z.object({ name: z.string().default("") }).transform(({ name }) => name),
]);

/** What a version says of the place that it was imported from. */
const importedFrom = z.object({ repository: z.string(), commit: z.string().optional(), path: z.string() });

/** Characters of a text for people that are kept: a registry may answer megabytes of it. */
const TEXT_MAX = 2_048;
const shownText = z
  .string()
  .transform((text) => text.slice(0, TEXT_MAX).toWellFormed())
  .optional()
  .catch(undefined);

const publishedVersion = z.object({
  name: z.string(),
  version: z.string(),
  description: shownText,
  license: shownText,
  deprecated: shownText,
  dependencies: z.record(z.string(), z.string()).default({}),
  dist: z.object({
    tarball: z.url({ protocol: /^https?$/ }),
    integrity: z.string().optional(),
    unpackedSize: z.number().optional().catch(undefined),
    fileCount: z.number().optional().catch(undefined),
    signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })).default([]),
  }),
  _npmUser: person.optional().catch(undefined),
  skill: z.object({ importedFrom: importedFrom.optional() }).optional().catch(undefined),
  /** `publishedAs`: the name in the tarball of a version that is older than the skill's name. */
  skillReport: z.object({ publishedAs: z.string().optional() }).optional().catch(undefined),
});
export type PublishedVersion = z.infer<typeof publishedVersion>;

const packumentSchema = z.object({
  name: z.string(),
  "dist-tags": z.record(z.string(), z.string()).default({}),
  versions: z.record(z.string(), publishedVersion),
  time: z.record(z.string(), z.unknown()).default({}),
  maintainers: z.array(person).default([]),
});
export type Packument = z.infer<typeof packumentSchema>;

/** What choosing a version takes: only the chosen one is looked at closely, of what may be hundreds. */
const versionsSchema = z.looseObject({
  name: z.string(),
  "dist-tags": z.record(z.string(), z.string()).default({}),
  versions: z.record(z.string(), z.looseObject({ version: z.string() })),
  time: z.record(z.string(), z.unknown()).default({}),
});
export type Versions = z.infer<typeof versionsSchema>;

const keysSchema = z.object({
  keys: z.array(
    z.object({ keyid: z.string(), key: z.string(), expires: z.string().nullable().default(null) }),
  ),
});
/** A public key that a registry signs with, valid for versions published before `expires`. */
export interface SigningKey {
  keyid: string;
  expires: string | null;
  pem: string;
}

const searchSchema = z.object({
  total: z.number(),
  objects: z.array(
    z.object({
      package: z.object({ name: z.string(), version: z.string(), description: z.string().default("") }),
      flags: z.object({ deprecated: z.boolean().default(false) }).catch({ deprecated: false }),
    }),
  ),
});
export type NpmSearchAnswer = z.infer<typeof searchSchema>;

type AnyPackument = Packument | Versions;

/** All versions of a package, straight from the registry; undefined when there is none. */
export async function findPackument(name: string, options: NpmOptions): Promise<Packument | undefined> {
  try {
    return packumentOf(packumentSchema, name, await requestJson(addressOf(name), options));
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** The same before anything is known of its versions but that they are there; it goes through the cache. */
export async function fetchVersions(name: string, options: NpmOptions): Promise<Versions> {
  return requestKept(addressOf(name), options, (answer) => packumentOf(versionsSchema, name, answer));
}

/**
 * The one version that a version, range or tag means, by npm's own rules. It has to call itself what it is listed as:
 * else a mirror could pass an old version off as a new one, under the signature of the old.
 */
export async function resolveVersion(
  packument: AnyPackument,
  wanted: string,
  options: NpmOptions,
): Promise<PublishedVersion> {
  const picked = await pickVersion(packument, wanted, options).catch(async (missing: unknown) => {
    await refuseWithdrawn(packument.name, wanted, options);
    throw missing;
  });
  const found = parseAnswer(publishedVersion, picked);
  if (found.name === packument.name && packument.versions[found.version] === picked) return found;
  throw new SkillsError(
    "EREGISTRY",
    `${packument.name} lists ${found.name}@${found.version} as another version`,
  );
}

/** A version that an operator has withdrawn is in no packument; asked for by itself, the registry says why. */
async function refuseWithdrawn(name: string, wanted: string, options: NpmOptions): Promise<void> {
  try {
    await requestJson(`${addressOf(name)}/${encodeURIComponent(wanted)}`, options);
  } catch (error) {
    if (isStatus(error, 451)) throw error;
  }
}

function addressOf(name: string): string {
  return name.replace("/", "%2f");
}

function packumentOf<T extends AnyPackument>(schema: z.ZodType<T>, name: string, answer: unknown): T {
  const packument = parseAnswer(schema, answer);
  if (isNameOf(name, packument.name)) return packument;
  throw new SkillsError("EREGISTRY", `asked for ${name}, got ${packument.name}`);
}

/** Keys that the registry signs versions with, through the cache; none when it does not sign. */
export async function signingKeys(options: NpmOptions): Promise<SigningKey[]> {
  try {
    const { keys } = await requestKept("-/npm/v1/keys", { ...options, label: "the keys" }, (answer) =>
      parseAnswer(keysSchema, answer),
    );
    return keys.map(({ keyid, key, expires }) => ({
      keyid,
      expires,
      pem: `-----BEGIN PUBLIC KEY-----\n${key}\n-----END PUBLIC KEY-----`,
    }));
  } catch (error) {
    if (isStatus(error, 404)) return [];
    throw error;
  }
}

/** npm's own search, which every registry has. */
export async function search(
  query: { text: string; size: number },
  options: NpmOptions,
): Promise<NpmSearchAnswer> {
  return parseAnswer(searchSchema, await requestJson("-/v1/search", { ...options, query }));
}

/** Name of the account that the token in use belongs to. */
export async function whoami(options: NpmOptions): Promise<string> {
  const answer = z.object({ username: z.string().optional() });
  const { username } = parseAnswer(answer, await requestJson("-/whoami", options));
  if (username === undefined)
    throw new SkillsError("ENEEDAUTH", `nobody is logged in to ${options.registry}`);
  return username;
}

/** A login by password in the form npm has spoken since its CouchDB days; it also registers, where the registry allows it. */
export async function login(
  account: { name: string; password: string },
  options: NpmOptions,
): Promise<string> {
  const id = `org.couchdb.user:${account.name}`;
  const answer = await requestJson(`-/user/${encodeURIComponent(id)}`, {
    ...options,
    method: "PUT",
    // No credentials along with it: a stale token in .npmrc would have the login itself refused.
    forceAuth: {},
    body: { _id: id, ...account, type: "user", roles: [], date: new Date().toISOString() },
  });
  return parseAnswer(z.object({ token: z.string().min(1) }), answer).token;
}

/** Revokes a token; one that the registry no longer knows counts as revoked. */
export async function revoke(token: string, options: NpmOptions): Promise<void> {
  try {
    await send(`-/user/token/${encodeURIComponent(token)}`, { ...options, method: "DELETE" });
  } catch (error) {
    if (!isStatus(error, 401) && !isStatus(error, 404)) throw error;
  }
}

/** Options for a registry chosen by scope, with the same registry for every scope. */
export async function optionsFor(context: Context, scope?: string): Promise<NpmOptions> {
  const [options, registry] = await Promise.all([context.npmOptions(), context.registryFor(scope)]);
  return { ...options, registry };
}
