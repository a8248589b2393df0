import { z } from "zod";
import { isLoopback } from "./registry/trust/fetch-json.ts";
import { VISIBILITIES } from "./store/identity.ts";

const id = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, "is not an id: small letters, digits, hyphens");
/** Where secrets go to, and where keys that we believe come from. */
const webAddress = z
  .url({ protocol: /^https?$/, abort: true })
  .refine(isGuarded, "has to be an https address; http is for servers on this machine")
  .refine(isBare, "has to be an address without user, query and fragment");
const clientSecret = z
  .union([z.string().min(1), z.strictObject({ file: z.string().min(1) })])
  .describe("Secret of the application, or { file: path } of a file that holds it.");

const local = z.strictObject({ type: z.literal("local").describe("Names and passwords of this registry.") });

const github = z.strictObject({
  type: z.literal("github").describe("GitHub, or a GitHub Enterprise server."),
  id: id.default("github"),
  title: z.string().min(1).max(40).default("GitHub"),
  url: webAddress.default("https://github.com"),
  clientId: z.string().min(1).describe("Of the OAuth application."),
  clientSecret,
  organizations: z
    .array(z.string().min(1))
    .default([])
    .describe("Only their members may log in; empty lets everybody."),
});

const oidc = z.strictObject({
  type: z.literal("oidc").describe("Any OpenID Connect provider."),
  id,
  title: z.string().min(1).max(40),
  issuer: webAddress.describe("Its address, below which /.well-known/openid-configuration is."),
  clientId: z.string().min(1),
  clientSecret: clientSecret.optional(),
  scopes: z
    .array(z.string().regex(/^\S+$/))
    .refine((scopes) => scopes.includes("openid"), "has to name openid")
    .default(["openid", "profile", "email"])
    .describe("With offline_access, groups can be asked for again after the login."),
  prompt: z
    .enum(["consent", "login", "select_account"])
    .optional()
    .describe("What the provider shall ask people; some want consent for offline_access."),
  claims: z
    .strictObject({
      login: z.string().min(1).default("preferred_username"),
      groups: z.string().min(1).default("groups"),
    })
    .prefault({})
    .describe("Names of the claims that hold the login and the groups."),
  groups: z
    .array(z.string().min(1))
    .default([])
    .describe("Only people in one of them may log in; empty lets everybody."),
});

/** Accounts are bound to these ids: two of one name would be one. */
function onlyOnce<T>(idOf: (entry: T) => string): z.core.CheckFn<T[]> {
  return (payload) => {
    const ids = payload.value.map(idOf);
    for (const [index, id] of ids.entries()) {
      if (ids.indexOf(id) === index) continue;
      payload.issues.push({ code: "custom", path: [index], message: `${id} is there twice`, input: id });
    }
  };
}

function isGuarded(address: string): boolean {
  const url = new URL(address);
  return url.protocol === "https:" || isLoopback(url);
}

function isBare(address: string): boolean {
  const { username, password } = new URL(address);
  return username === "" && password === "" && !/[?#]/.test(address);
}

const provider = z.discriminatedUnion("type", [local, github, oidc]);
/** At least one, each id once; names and passwords of our own have the id `local`. */
export const providers = z
  .array(provider)
  .min(1)
  .check(onlyOnce((configured) => (configured.type === "local" ? "local" : configured.id)));
export type ProviderConfig = z.infer<typeof provider>;
export type GitHubConfig = z.infer<typeof github>;
export type OidcConfig = z.infer<typeof oidc>;

const issuer = z.strictObject({
  id,
  type: z.enum(["github", "gitlab", "other"]).describe("Whose claims its tokens have."),
  title: z.string().min(1).max(40).describe("Shown as the publisher of a version."),
  issuer: webAddress,
  url: webAddress
    .optional()
    .describe(
      "Where its repositories are, when the issuer is at another address and not that of github.com.",
    ),
});
/** Whose ID tokens are taken from CI. */
export const issuers = z.array(issuer).check(onlyOnce(({ id }) => id));
export type IssuerConfig = z.infer<typeof issuer>;

export const defaultIssuers: IssuerConfig[] = [
  {
    id: "github",
    type: "github",
    title: "GitHub Actions",
    issuer: "https://token.actions.githubusercontent.com",
  },
  { id: "gitlab", type: "gitlab", title: "GitLab CI", issuer: "https://gitlab.com" },
];

/** Who makes orgs, and what they begin with. */
export const namespaces = z.strictObject({
  create: z
    .enum(["anyone", "operators", "github"])
    .default("anyone")
    .describe(
      "Who may create an org: anyone, operators, or (github) admins of the GitHub organization of that name.",
    ),
  creators: z.array(z.string().min(1)).default([]).describe("Accounts that may, whatever `create` says."),
  reserved: z.array(z.string().min(1)).default([]).describe("Names that only operators may give away."),
  visibility: z
    .enum(VISIBILITIES)
    .default("public")
    .describe("Of new skills, where their namespace has no default of its own."),
});
