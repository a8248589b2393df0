import type { IssuerConfig } from "../../config.ts";
import type { Trust } from "../../store/identity.ts";
import { command } from "./components.ts";
import { date } from "./format.ts";
import { type Html, html } from "./html.ts";
import { dangerButton } from "./settings-parts.ts";

/** What runs of CI may publish a skill, or all of a namespace, and how to trust another. `subject` is `@acme` or `@acme/x`. */
export function trustSection(
  trusts: Trust[],
  { subject, issuers }: { subject: string; issuers: IssuerConfig[] },
): Html {
  return html`<section id="trust" aria-labelledby="trust-title">
    <h2 id="trust-title">Trusted publishing</h2>
    <p class="muted">Runs of CI that may publish ${subject} without a stored token.</p>
    ${
      trusts.length === 0
        ? html`<p class="muted">None yet.</p>`
        : html`<ul class="plain-list">
            ${trusts.map(trustItem)}
          </ul>`
    }
    ${issuers.length === 0 ? null : howToAdd(subject, issuers)}
  </section>`;
}

function trustItem({ id, issuer, claims, createdBy, createdAt }: Trust): Html {
  const { repository, project_path: project, ...further } = claims;
  const title = repository ?? project ?? issuer;
  return html`<li class="token">
    <div>
      <h3>${title}</h3>
      <ul class="facts">
        <li>${issuer}</li>
        ${Object.entries(further).map(([name, value]) => html`<li>${name} ${value}</li>`)}
        <li>by ${createdBy}, ${date(createdAt)}</li>
      </ul>
    </div>
    ${dangerButton({ act: "trust-remove", id }, { text: "Remove", label: `Remove the trust in ${title}` })}
  </li>`;
}

/** Options that a trust takes at least, with an example for what only its reader knows. */
const OPTIONS: Record<IssuerConfig["type"], string> = {
  github: "--repository OWNER/REPOSITORY --workflow publish.yml",
  gitlab: "--repository GROUP/PROJECT --workflow .gitlab-ci.yml",
  other: "--claim NAME=VALUE",
};

function howToAdd(subject: string, issuers: IssuerConfig[]): Html {
  return html`<details class="panel">
    <summary>How to trust a workflow</summary>
    <div class="commands">
      <p>Run this in a terminal, with the words in capitals replaced:</p>
      ${issuers.map(({ id, type }) => command(`skills trust add ${subject} --issuer ${id} ${OPTIONS[type]}`))}
    </div>
  </details>`;
}
