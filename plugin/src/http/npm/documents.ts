import { SkillsError } from "@skills-registry/schema";
import { z } from "zod";

/** The bodies npm sends, parsed once at the border. Unknown fields are ignored; known ones have to be of the right type. */

const text = z.string();
const optionalText = z.string().nullish();
const documentFields = z.record(z.string(), z.unknown());

const dist = z.object({ integrity: text.optional(), shasum: text.optional(), tarball: text.optional() });

const attachment = z.object({
  content_type: optionalText,
  data: text,
  length: z.number().int().nonnegative().optional(),
});

/** Fields at the top of a packument that clients copy from package.json; nothing of them is stored. */
const packumentFields = {
  _id: text.optional(),
  _rev: text.optional(),
  name: text,
  description: optionalText,
  readme: optionalText,
  readmeFilename: optionalText,
  access: z.enum(["public", "restricted"]).nullish(),
  "dist-tags": z.record(z.string(), text).optional(),
  maintainers: z.array(documentFields).nullish(),
  users: z.record(z.string(), z.boolean()).optional(),
  time: z.record(z.string(), text).optional(),
  keywords: z.union([text, z.array(text)]).nullish(),
  license: z.union([text, documentFields]).nullish(),
  homepage: optionalText,
};

/** `npm publish`: a packument with one version and one attachment. */
export const publishBody = z.object({
  ...packumentFields,
  versions: z.record(z.string(), z.looseObject({ name: text, version: text, dist: dist.optional() })),
  _attachments: z.record(z.string(), attachment),
});
export type PublishBody = z.infer<typeof publishBody>;

/** `npm deprecate` and `npm unpublish` of one version: the packument as it was read, changed. */
export const changeBody = z.object({ ...packumentFields, versions: z.record(z.string(), documentFields) });

/** `npm star` and `npm unstar`: who has starred the package, the caller added or left out. */
export const starBody = z.object({
  _id: text.optional(),
  _rev: text.optional(),
  users: z.record(z.string(), z.boolean()),
});

/** Accounts that one skill may have for owners. */
const OWNERS_MAX = 100;

/** `npm owner add` and `rm`: the maintainers as they were read, one more or one less. */
export const ownersBody = z.object({
  _id: text.optional(),
  _rev: text.optional(),
  maintainers: z.array(z.object({ name: text.min(1).max(128) })).max(OWNERS_MAX),
});

/** `npm access set`: who sees a skill, or what npm's own registry asks of its publishers. */
export const accessBody = z.object({
  access: z.enum(["public", "restricted"]).optional(),
  publish_requires_tfa: z.boolean().optional(),
});

/** `npm access grant` and, without permissions, `revoke`. */
export const teamPackageBody = z.object({
  package: text.min(1).max(256),
  permissions: z.enum(["read-only", "read-write"]).optional(),
});

/** `npm login` and `npm adduser`. */
export const loginBody = z.object({
  name: text.min(1).max(128),
  password: text.min(1).max(1024),
  email: z.string().max(254).nullish(),
});

/** Limits of one token: a token for more is one for everything. */
const LIMITS_MAX = 32;
const limits = z.array(text.max(256)).max(LIMITS_MAX).nullish();

/** `npm token create`. Fields that nobody knows are refused: a token that ignored an option would be wider than its maker thinks. */
export const tokenBody = z.strictObject({
  /** Empty for accounts that have none. */
  password: text.max(1024).default(""),
  name: z.string().max(100).nullish(),
  description: z.string().max(100).nullish(),
  readonly: z.boolean().optional(),
  packages: limits,
  packages_all: z.boolean().optional(),
  scopes: limits,
  packages_and_scopes_permission: z.enum(["read-only", "read-write", "no-access"]).optional(),
  orgs: limits,
  orgs_permission: z.enum(["read-only", "read-write", "no-access"]).optional(),
  cidr_whitelist: z.array(text).max(LIMITS_MAX).nullish(),
  /** Days. */
  expires: z.number().int().min(1).max(3650).nullish(),
  /** There is no second factor that a token could be free from. */
  bypass_2fa: z.boolean().optional(),
});
export type TokenBody = z.infer<typeof tokenBody>;

/**
 * `npm profile set`: everything that `npm profile get` told and that can be set at npmjs.com, with one thing changed. Null stands
 * for an empty text.
 */
export const profileBody = z.strictObject({
  email: z.email().max(254).nullish(),
  password: z.strictObject({ old: text.max(1024), new: text.max(1024) }).optional(),
  fullname: optionalText,
  homepage: optionalText,
  freenode: optionalText,
  twitter: optionalText,
  github: optionalText,
  tfa: z.unknown().optional(),
});

/** `npm dist-tag add` sends the bare version as a JSON string. */
export const tagBody = text.min(1).max(256);

const LISTED_PROBLEMS = 5;

/** The body as the schema's type; throws EBADBODY naming the fields that are wrong. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, LISTED_PROBLEMS)
    .map((problem) => `${fieldName(problem.path)}: ${problem.message}`);
  throw new SkillsError("EBADBODY", `the request body is wrong: ${problems.join("; ")}`);
}

/** Keys come from the client: shortened, and without anything a terminal would obey. */
function fieldName(path: PropertyKey[]): string {
  const name = path
    .map(String)
    .join(".")
    .replace(/[^\x20-\x7e]/g, "?")
    .slice(0, 100);
  return name === "" ? "document" : `"${name}"`;
}
