import type { SkillCard } from "../../registry/skill-card.ts";
import type { VersionSummary } from "../../store/metadata.ts";
import { webLink } from "../../registry/links.ts";
import { type Html, html } from "./html.ts";
import { namespaceUrl } from "./urls.ts";

/** Hexadecimal digits of a commit that people compare. */
const COMMIT_DIGITS = 10;

/** Who published a version: an account with a page of its own, a CI system, or somebody of another registry, who is nobody of that name here. */
export function publisherName(
  { publisher, provenance }: VersionSummary,
  { mirroredFrom }: Pick<SkillCard, "mirroredFrom">,
): Html {
  return provenance === null && mirroredFrom === null
    ? html`<a href="${namespaceUrl(publisher)}">${publisher}</a>`
    : html`${publisher}`;
}

/** Where a version was built, as its CI system has certified; nothing for versions that people published. */
export function provenanceSection({ provenance }: VersionSummary): Html | null {
  if (provenance === null) return null;
  const { repository, commit, ref, workflow, environment, run } = provenance;
  // GitLab keeps the pages of a project apart from those below it by a hyphen.
  const commits = run?.startsWith(`${repository}/-/`) === true ? "-/commit" : "commit";
  const source = repository === null || commit === null ? null : `${repository}/${commits}/${commit}`;
  const rows: [label: string, value: Html | null][] = [
    ["Repository", linkTo(repository, pathOf(repository))],
    ["Commit", linkTo(source, commit?.slice(0, COMMIT_DIGITS))],
    ["Ref", text(ref)],
    ["Workflow", text(workflow)],
    ["Environment", text(environment)],
    ["Run", linkTo(run, run === null ? null : "see its log")],
  ];
  return html`<section>
    <h2>Built by ${provenance.publisher}</h2>
    <dl class="pairs links">
      ${rows.map(([label, value]) =>
        value === null
          ? null
          : html`<dt>${label}</dt>
              <dd>${value}</dd>`,
      )}
    </dl>
    <p class="note">Certified by the CI system when the version was published, not claimed by its author.</p>
  </section>`;
}

/** `acme/skills`: the host is seen where the link leads. */
function pathOf(address: string | null): string | null {
  return address === null ? null : new URL(address).pathname.slice(1);
}

function text(value: string | null): Html | null {
  return value === null ? null : html`${value}`;
}

function linkTo(address: string | null, label: string | null | undefined): Html | null {
  if (label === null || label === undefined) return null;
  const href = webLink(address);
  return href === null
    ? html`${label}`
    : html`<a href="${href}" rel="nofollow noopener noreferrer">${label}</a>`;
}
