import { SkillsError } from "@skills-registry/schema";
import { z } from "zod";
import type { IssuerConfig } from "../../config.ts";
import { failed, fetchJson } from "./fetch-json.ts";
import { apiOf } from "./forge.ts";

/** A repository by the number that it keeps for ever: names can be given up, and be taken by others. */
export interface Repository {
  id: string;
  /** `acme/skills` */
  path: string;
}

const repositorySchemas = {
  github: z
    .object({ id: z.number().int().positive(), full_name: z.string().max(255) })
    .transform(({ id, full_name }) => ({ id: String(id), path: full_name })),
  gitlab: z
    .object({ id: z.number().int().positive(), path_with_namespace: z.string().max(255) })
    .transform(({ id, path_with_namespace }) => ({ id: String(id), path: path_with_namespace })),
};

/**
 * Asks the forge of the issuer for a repository by its path, as anybody may. Throws ENOTFOUND for one that is private or not
 * there, EPROVIDER when the forge does not answer as it should.
 */
export async function findRepository(
  issuer: IssuerConfig & { type: "github" | "gitlab" },
  path: string,
): Promise<Repository> {
  const { host } = new URL(apiOf(issuer));
  const below = issuer.type === "github" ? `repos/${path}` : `projects/${encodeURIComponent(path)}`;
  const answer = await fetchJson(new URL(`${apiOf(issuer)}/${below}`), host);
  if (answer === undefined) {
    throw new SkillsError("ENOTFOUND", `${host} shows no repository ${path}`, {
      hint: "A private repository has to be named by its number: --repository-id.",
    });
  }
  const found = repositorySchemas[issuer.type].safeParse(answer);
  if (!found.success) throw failed(host, "did not answer with a repository");
  return found.data;
}
