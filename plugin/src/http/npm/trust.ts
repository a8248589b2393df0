import { SkillsError } from "@skills-registry/schema";
import { z } from "zod";
import type { IssuerConfig } from "../../config.ts";
import { addTrust, listTrusts, removeTrust } from "../../registry/trust/trusts.ts";
import type { TrustWish } from "../../registry/trust/trust-wish.ts";
import type { Trust } from "../../store/identity.ts";
import { type Answer, json } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { parseBody } from "./documents.ts";

const file = z.object({ file: z.string() });

/** What `npm trust` sends for one trust: claims by their names in the ID token, files without their folder. */
const wishBody = z.object({
  type: z.string(),
  claims: z.record(z.string(), z.union([z.string(), file])),
  permissions: z.array(z.string()).default(["createPackage"]),
});
const trustBody = z.union([
  z
    .array(wishBody)
    .length(1)
    .transform(([wish]) => wish),
  wishBody,
]);
type WishBody = z.infer<typeof wishBody>;

/** npm's name for the right to publish. */
const PUBLISH = "createPackage";

/** `npm trust list`. */
export async function readTrusts({ parts }: Services, { name }: PackageRequest): Promise<Answer> {
  const trusts = await listTrusts(parts, name.full);
  return json(
    200,
    trusts.map((trust) => toDocument(parts.config.trustedPublishing, trust)),
  );
}

/** `npm trust github` and `npm trust gitlab`; npm sends a list of one. */
export async function createTrust({ parts }: Services, request: PackageRequest): Promise<Answer> {
  const issuers = parts.config.trustedPublishing;
  const body = parseBody(trustBody, request.body);
  if (body === undefined) throw new SkillsError("EBADBODY", "the list of trusts is empty");
  if (!body.permissions.includes(PUBLISH)) {
    throw new SkillsError("EBADREQUEST", "this registry has no staged versions", {
      hint: "Use --allow-publish.",
    });
  }
  const wish = toWish(issuerOf(issuers, body.type), body);
  const trust = await addTrust(parts, request.caller, { subject: request.name.full, wish });
  return json(201, [toDocument(issuers, trust)]);
}

/** `npm trust revoke`. */
export async function revokeTrust({ parts }: Services, request: PackageRequest): Promise<Answer> {
  await removeTrust(parts, request.caller, { subject: request.name.full, id: request.params["trust"] ?? "" });
  return json(200, { ok: true });
}

/** npm knows kinds of CI systems, and of each only the one in its maker's cloud. */
function issuerOf(issuers: IssuerConfig[], type: string): IssuerConfig {
  const ofType = issuers.filter((issuer) => issuer.type === type || issuer.id === type);
  const [only, ...others] = ofType;
  const found = ofType.find((issuer) => issuer.id === type) ?? (others.length === 0 ? only : undefined);
  if (found !== undefined) return found;
  throw new SkillsError(
    "EBADREQUEST",
    `this registry is not configured for exactly one issuer ${JSON.stringify(type.slice(0, 60))}`,
    {
      hint: "Name the issuer by its id: skills trust add --issuer.",
    },
  );
}

function toWish({ id, type }: IssuerConfig, { claims }: WishBody): TrustWish {
  const texts = Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [name, typeof value === "string" ? value : value.file]),
  );
  if (type === "other") return { issuer: id, claims: texts };
  const { repository, project_path, workflow_ref, ci_config_ref_uri, environment, ...further } = texts;
  return {
    issuer: id,
    repository: type === "github" ? repository : project_path,
    workflow: type === "github" ? workflow_ref : ci_config_ref_uri,
    environment,
    claims: further,
  };
}

function toDocument(issuers: IssuerConfig[], { id, issuer, claims }: Trust): Record<string, unknown> {
  const type = issuers.find((candidate) => candidate.id === issuer)?.type ?? "other";
  const { workflow, ...rest } = claims;
  const named = workflow === undefined ? undefined : { file: workflow.replace(/^\.github\/workflows\//, "") };
  const field = type === "gitlab" ? "ci_config_ref_uri" : "workflow_ref";
  return {
    id,
    type: type === "other" ? issuer : type,
    claims: type === "other" ? claims : { ...rest, ...(named === undefined ? {} : { [field]: named }) },
    permissions: [PUBLISH],
  };
}
