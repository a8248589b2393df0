import { printable } from "@skills-registry/schema";
import type { IssuerConfig } from "../../config.ts";
import type { Provenance } from "../../store/identity.ts";
import { forgeOf } from "./forge.ts";

/** Characters of a claim; what is longer counts as absent. */
const CLAIM_MAX = 255;

type Payload = Record<string, unknown>;

interface Run {
  /** What trusts are compared with. */
  claims: Record<string, string>;
  provenance: Provenance;
}

/** What the claims of a verified token say, in the words of trusts, and where the run and its sources are. */
export function runOf(issuer: IssuerConfig, payload: Payload): Run {
  const claims = CLAIMS[issuer.type](payload);
  const { repository, run } = ADDRESSES[issuer.type](payload, forgeOf(issuer));
  return {
    claims,
    provenance: {
      issuer: issuer.id,
      publisher: issuer.title,
      repository,
      run,
      commit: matching(payload["sha"], /^[0-9a-f]{7,64}$/) ?? null,
      ref: claims["ref"] ?? null,
      workflow: claims["workflow"] ?? null,
      environment: claims["environment"] ?? null,
    },
  };
}

const CLAIMS: Record<IssuerConfig["type"], (payload: Payload) => Record<string, string>> = {
  github: githubClaims,
  gitlab: gitlabClaims,
  other: (payload) => present(payload),
};

/** `workflow` is the path of the file: the claim of that name holds a title that anybody can choose. */
function githubClaims(payload: Payload): Record<string, string> {
  const { workflow: _title, ...claims } = present(payload);
  // A workflow that an organization requires comes from another repository than the one that it runs in.
  const prefix = `${claims["repository"]}/`;
  const defined = claims["workflow_ref"] ?? "";
  const workflow = defined.startsWith(prefix) ? fileOf(defined.slice(prefix.length)) : undefined;
  return present({ ...claims, workflow });
}

/** `gitlab.com/acme/skills//.gitlab-ci.yml@refs/heads/main`; null for a pipeline that another project defines. */
function gitlabClaims(payload: Payload): Record<string, string> {
  const { workflow: _unknown, ref: name, ...claims } = present(payload);
  const prefix = `/${claims["project_path"]}//`;
  const defined = claims["ci_config_ref_uri"] ?? "";
  const at = defined.indexOf(prefix);
  const workflow = at === -1 ? undefined : fileOf(defined.slice(at + prefix.length));
  const folder = claims["ref_type"] === "tag" ? "tags" : "heads";
  return present({ ...claims, workflow, ref: name === undefined ? undefined : `refs/${folder}/${name}` });
}

/** `.github/workflows/publish.yml@refs/heads/main` without what stands behind the file. */
function fileOf(text: string): string | undefined {
  const end = text.indexOf("@refs/");
  return end > 0 ? text.slice(0, end) : undefined;
}

type Addresses = Pick<Provenance, "repository" | "run">;

/** Built from parts that can be nothing but names and numbers: they become links for readers. */
const ADDRESSES: Record<IssuerConfig["type"], (payload: Payload, forge: string) => Addresses> = {
  github: (payload, forge) =>
    addresses(forge, matching(payload["repository"], /^[\w.-]+\/[\w.-]+$/), {
      runs: "/actions/runs/",
      run: payload["run_id"],
    }),
  gitlab: (payload, forge) =>
    addresses(forge, matching(payload["project_path"], /^[\w.-]+(?:\/[\w.-]+)+$/), {
      runs: "/-/pipelines/",
      run: payload["pipeline_id"],
    }),
  other: () => ({ repository: null, run: null }),
};

function addresses(
  forge: string,
  path: string | undefined,
  { runs, run }: { runs: string; run: unknown },
): Addresses {
  if (path === undefined || path.split("/").some((part) => /^\.+$/.test(part)))
    return { repository: null, run: null };
  const repository = `${forge}/${path}`;
  const number = matching(run, /^\d{1,20}$/);
  return { repository, run: number === undefined ? null : `${repository}${runs}${number}` };
}

function matching(value: unknown, form: RegExp): string | undefined {
  const text = asText(value);
  return text !== undefined && form.test(text) ? text : undefined;
}

/** The claims that are text, or can be written as it. */
function present(payload: Payload): Record<string, string> {
  return Object.fromEntries(
    Object.entries(payload).flatMap(([name, value]) => {
      const text = asText(value);
      return text === undefined || asText(name) === undefined ? [] : [[name, text]];
    }),
  );
}

/** Somebody else's text: bounded, and without anything that hides or that a terminal obeys. */
function asText(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return undefined;
  const text = String(value);
  return text !== "" && text.length <= CLAIM_MAX && printable(text) === text ? text : undefined;
}
