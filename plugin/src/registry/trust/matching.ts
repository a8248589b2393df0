import { SkillsError } from "@skills-registry/schema";
import type { Trust } from "../../store/identity.ts";
import type { VerifiedRun } from "./id-tokens.ts";

/** By which claim an issuer knows a repository for ever, and its name for people, which may change hands. */
const REPOSITORY_CLAIMS = [
  { id: "repository_id", path: "repository" },
  { id: "project_id", path: "project_path" },
] as const;

/** Names of the claims that the run does not have as the trust wants them; empty when it fits. */
export function misfits({ claims }: Trust, run: VerifiedRun): string[] {
  // Of other issuers nobody knows what their claims mean: all of them count.
  const isKnown = run.type !== "other";
  const forPeople = isKnown ? REPOSITORY_CLAIMS.find(({ id }) => claims[id] !== undefined)?.path : undefined;
  return Object.keys(claims).filter((name) => name !== forPeople && run.claims[name] !== claims[name]);
}

/**
 * Why no trust fits. Tells the run about itself and nothing of what is trusted; which of its claims does not fit hears only a run of
 * a repository that is trusted in part.
 */
export function noneFits(skill: string, run: VerifiedRun, candidates: Trust[]): SkillsError {
  const hint = "Owners say who may publish with skills trust add; see docs/trusted-publishing.md.";
  const near = candidates
    .map((trust) => misfits(trust, run))
    .filter((names) => names.length > 0 && !REPOSITORY_CLAIMS.some(({ id }) => names.includes(id)))
    .toSorted((a, b) => a.length - b.length);
  const [names] = near;
  const isKnown = REPOSITORY_CLAIMS.some(({ id }) => run.claims[id] !== undefined);
  if (names === undefined || !isKnown) {
    return new SkillsError("ENEEDAUTH", `${whose(run)} is not trusted to publish ${skill}`, { hint });
  }
  const said = names.map((name) => {
    const value = run.claims[name];
    return value === undefined ? `it has no ${name}` : `its ${name} is "${value}"`;
  });
  return new SkillsError("ENEEDAUTH", `this run is not trusted to publish ${skill}: ${said.join(", ")}`, {
    hint,
  });
}

function whose({ issuer, claims }: VerifiedRun): string {
  const known = REPOSITORY_CLAIMS.find(({ id }) => claims[id] !== undefined);
  if (known === undefined) return `this run of ${issuer}`;
  return `the repository ${claims[known.path] ?? ""} (${claims[known.id]}) of ${issuer}`;
}
