import { printable, SkillsError } from "@skills-registry/schema";
import type { IssuerConfig } from "../../config.ts";
import { findRepository } from "./repositories.ts";

/** What somebody asks for when they trust runs of CI. */
export interface TrustWish {
  /** Id of a configured issuer. */
  issuer: string;
  /** Owner and name: `acme/skills`. */
  repository?: string | undefined;
  /** Number of the repository, for one that the registry cannot look up. */
  repositoryId?: string | undefined;
  /** File that defines the run: `publish.yml`, `.gitlab-ci.yml`. */
  workflow?: string | undefined;
  environment?: string | undefined;
  /** Branch, or `refs/tags/v1`. */
  ref?: string | undefined;
  /** Further claims that have to be there with exactly this value; for an issuer of another kind the only ones. */
  claims?: Record<string, string> | undefined;
}

const CLAIMS_MAX = 20;
const CLAIM_MAX = 255;

/** Claims that change with every run, or say nothing of who runs: trusting them alone would trust everybody. */
const SAY_NOTHING = new Set(["iss", "aud", "exp", "iat", "nbf", "jti"]);

/** Said otherwise, and written down in one way only. */
const SAID_OTHERWISE = new Set([
  "repository_id",
  "repository",
  "project_id",
  "project_path",
  "workflow",
  "environment",
  "ref",
]);

/**
 * The claims that a run has to have, as Trust keeps them. Throws EBADREQUEST for a wish that would trust too much, or is
 * malformed; ENOTFOUND and EPROVIDER when the repository cannot be looked up.
 */
export async function claimsOfWish(issuer: IssuerConfig, wish: TrustWish): Promise<Record<string, string>> {
  const further = furtherClaims(wish.claims ?? {});
  const { type } = issuer;
  if (type === "other") return otherClaims(wish, further);
  const twice = Object.keys(further).find((name) => SAID_OTHERWISE.has(name));
  if (twice !== undefined) throw refused(`"${twice}" is not named as a claim, but by an option of its own`);
  const workflow = workflowPath(type, wish.workflow);
  const named = await repositoryClaims({ ...issuer, type }, wish);
  const { environment, ref } = wish;
  return {
    ...further,
    ...named,
    workflow,
    ...(environment === undefined ? {} : { environment: plain("environment", environment) }),
    ...(ref === undefined ? {} : { ref: fullRef(plain("ref", ref)) }),
  };
}

function otherClaims(wish: TrustWish, further: Record<string, string>): Record<string, string> {
  const { repository, repositoryId, workflow, environment, ref } = wish;
  if ([repository, repositoryId, workflow, environment, ref].some((value) => value !== undefined)) {
    throw refused("of this issuer only claims are known, each with a name and a value");
  }
  if (Object.keys(further).length === 0)
    throw refused("at least one claim has to be named: else every run could publish");
  return further;
}

/** The number decides; the path is kept for people, who would not know it by its number. */
async function repositoryClaims(
  issuer: IssuerConfig & { type: "github" | "gitlab" },
  { repository, repositoryId }: TrustWish,
): Promise<Record<string, string>> {
  const [idClaim, pathClaim] =
    issuer.type === "github" ? ["repository_id", "repository"] : ["project_id", "project_path"];
  const path = repository === undefined ? undefined : repositoryPath(issuer.type, repository);
  if (repositoryId !== undefined) {
    if (!/^\d{1,20}$/.test(repositoryId)) throw refused("the id of a repository is a number");
    return { [idClaim]: repositoryId, ...(path === undefined ? {} : { [pathClaim]: path }) };
  }
  if (path === undefined) throw refused("a repository has to be named");
  const found = await findRepository(issuer, path);
  return { [idClaim]: found.id, [pathClaim]: repositoryPath(issuer.type, found.path) };
}

const PATHS = {
  github: /^[\w.-]{1,100}\/[\w.-]{1,100}$/,
  gitlab: /^[\w.-]{1,100}(?:\/[\w.-]{1,100}){1,20}$/,
};

function repositoryPath(type: "github" | "gitlab", text: string): string {
  const isPath =
    PATHS[type].test(text) && text.length <= CLAIM_MAX && !text.split("/").some((part) => /^\.+$/.test(part));
  if (isPath) return text;
  throw refused("a repository is named by owner and name, like acme/skills");
}

const GITHUB_FOLDER = ".github/workflows/";

/** GitHub keeps its workflows in one folder, and `npm trust` names the file alone. */
function workflowPath(type: "github" | "gitlab", text: string | undefined): string {
  if (text === undefined) throw refused("the file of the workflow has to be named, like publish.yml");
  const file = plain("workflow", text);
  if (!/\.ya?ml$/.test(file)) throw refused("a workflow is a file that ends in .yml or .yaml");
  const isInside = file.startsWith(GITHUB_FOLDER)
    ? !file.slice(GITHUB_FOLDER.length).includes("/")
    : !file.includes("/");
  if (type === "github" && !isInside) throw refused(`a workflow of GitHub is a file in ${GITHUB_FOLDER}`);
  return type === "github" && !file.startsWith(GITHUB_FOLDER) ? GITHUB_FOLDER + file : file;
}

/** People say `main`, the issuers are told to say `refs/heads/main`. */
function fullRef(ref: string): string {
  return ref.startsWith("refs/") ? ref : `refs/heads/${ref}`;
}

function furtherClaims(claims: Record<string, string>): Record<string, string> {
  const entries = Object.entries(claims);
  if (entries.length > CLAIMS_MAX) throw refused(`a trust names at most ${CLAIMS_MAX} claims`);
  for (const [name, value] of entries) {
    if (SAY_NOTHING.has(name)) throw refused(`the claim "${name}" says nothing about who runs`);
    plain("name of a claim", name);
    plain(name, value);
  }
  return Object.fromEntries(entries);
}

function plain(what: string, text: string): string {
  if (text !== "" && text.length <= CLAIM_MAX && printable(text) === text) return text;
  throw refused(`${printable(what).slice(0, 60)} is not a text of 1 to ${CLAIM_MAX} visible characters`);
}

function refused(message: string): SkillsError {
  return new SkillsError("EBADREQUEST", message, { hint: "See docs/trusted-publishing.md." });
}
