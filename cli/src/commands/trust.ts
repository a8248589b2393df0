import type { TrustAnswer, TrustBody } from "@skills-registry/schema";
import { defineCommand, type Outcome } from "../command.ts";
import { span, type Line } from "../terminal/line.ts";
import type { NpmOptions } from "../registry/npm.ts";
import { optionsFor } from "../registry/registry.ts";
import { addTrust, listTrusts, parseTarget, removeTrust, type TrustTarget } from "../identity/trusts.ts";
import { usageError } from "../usage-error.ts";

const ACTIONS = ["add", "list", "remove"] as const;

export const command = defineCommand({
  description:
    "Lets runs of CI publish without a stored token: those of one workflow of one repository, for a skill or for all of a namespace. The skill need not be there yet. A repository is known by its number, which the registry looks up; name the number of a private one. Needs a login as an owner.",
  positional: {
    name: "what",
    required: true,
    many: true,
    description:
      "add, list or remove; then a skill or a namespace (@acme/name, @acme), and for remove the id of the trust",
  },
  options: {
    issuer: {
      type: "string",
      value: "id",
      description: "CI system, as the registry calls it: github, gitlab",
    },
    repository: { type: "string", value: "owner/name", description: "Repository whose runs may publish" },
    "repository-id": { type: "string", value: "number", description: "Its number, for one that is private" },
    workflow: { type: "string", value: "file", description: "File that defines the run: publish.yml" },
    environment: { type: "string", value: "name", description: "Only runs in this environment" },
    ref: { type: "string", value: "ref", description: "Only runs of this branch, or refs/tags/v1" },
    claim: {
      type: "string",
      multiple: true,
      value: "name=value",
      description: "A further claim of the ID token, with exactly this value",
    },
  },
  examples: [
    "skills trust add @acme/legal-documents --issuer github --repository acme/skills --workflow publish.yml",
    "skills trust add @acme --issuer gitlab --repository acme/skills --workflow .gitlab-ci.yml --ref main",
    "skills trust list @acme",
    "skills trust remove @acme 0b1f6a52-6b3e-4c55-9f0e-5f1f1a4c7f7e",
  ],
  async run(context, { args, options }) {
    const [first, name, id, ...rest] = args;
    const action = ACTIONS.find((known) => known === first);
    if (action === undefined) throw usageError(`"${first}" is not one of ${ACTIONS.join(", ")}`);
    if (name === undefined) throw usageError("a skill or a namespace is missing: @acme/name, or @acme");
    const most = action === "remove" ? rest : [id, ...rest].filter((arg) => arg !== undefined);
    if (most.length > 0) throw usageError(`"${most[0]}" is one argument too many`);
    const target = parseTarget(name);
    const registry = await optionsFor(context, target.scope);
    if (action === "list") return listed(target, await listTrusts(target, registry));
    if (action === "remove") return await remove(target, id, registry);
    const trust = await addTrust(target, wishOf(options), registry);
    return { json: trust, lines: [`${target.name} can be published by:`, ...linesOf(trust)] };
  },
});

function wishOf(options: {
  issuer?: string | undefined;
  repository?: string | undefined;
  "repository-id"?: string | undefined;
  workflow?: string | undefined;
  environment?: string | undefined;
  ref?: string | undefined;
  claim?: string[] | undefined;
}): TrustBody {
  const { issuer, repository, workflow, environment, ref, claim = [] } = options;
  if (issuer === undefined)
    throw usageError("--issuer is missing: github, gitlab, or another that the registry knows");
  return {
    issuer,
    repository,
    repositoryId: options["repository-id"],
    workflow,
    environment,
    ref,
    ...(claim.length === 0 ? {} : { claims: Object.fromEntries(claim.map(parseClaim)) }),
  };
}

function parseClaim(text: string): [name: string, value: string] {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw usageError(`--claim is name=value, not "${text}"`);
}

function listed(target: TrustTarget, trusts: TrustAnswer[]): Outcome {
  const nobody = `no CI system may publish ${target.name}`;
  return { json: { trusts }, lines: trusts.length === 0 ? [nobody] : trusts.flatMap(linesOf) };
}

async function remove(target: TrustTarget, id: string | undefined, registry: NpmOptions): Promise<Outcome> {
  if (id === undefined) throw usageError("the id of the trust is missing: skills trust list shows it");
  await removeTrust(target, id, registry);
  return { json: { removed: id }, lines: [`removed ${id} from ${target.name}`] };
}

function linesOf({ id, issuer, claims, createdBy, createdAt }: TrustAnswer): Line[] {
  const facts = Object.entries({ issuer, ...claims, by: `${createdBy}, ${createdAt.slice(0, 10)}` });
  return [
    [span(id, "name")],
    ...facts.map(([name, value]): Line => [span(`  ${name.padEnd(14)}`, "faint"), span(value)]),
  ];
}
