import { TOKENS_MAX } from "@skills-registry/schema";
import type { SkillCard } from "../../registry/skill-card.ts";
import { chips, copyButton } from "./components.ts";
import { downloadsChart } from "./chart.ts";
import { date, exact, plural, size, short } from "./format.ts";
import { type Html, html } from "./html.ts";
import { provenanceSection, publisherName } from "./provenance.ts";
import { searchUrl, skillUrl } from "./urls.ts";

/** The column of facts beside a skill's text. */
export function skillSide(card: SkillCard): Html {
  return html`<aside class="side" aria-label="About this version">
    ${downloads(card)} ${contextCost(card)} ${about(card)} ${provenanceSection(card.version)} ${agents(card)}
    ${source(card)} ${links(card)}
    ${chipSection(
      "Keywords",
      card.keywords.map((keyword) => ({ text: keyword, href: searchUrl({ keyword }) })),
    )}
    ${chipSection(
      "Depends on",
      Object.entries(card.dependencies).map(([name, range]) => ({
        text: `${name} ${range}`,
        href: skillUrl(name),
      })),
    )}
    ${chipSection(
      "Used by",
      card.dependents.map((name) => ({ text: name, href: skillUrl(name) })),
    )}
    ${integrity(card)}
  </aside>`;
}

function downloads({ downloads: { total, days } }: SkillCard): Html {
  return html`<section>
    <h2>Downloads, last 30 days</h2>
    <p class="big">${exact(total)}</p>
    ${total === 0 ? null : downloadsChart(days)}
  </section>`;
}

/** What an agent pays for it: the description always, the text when the skill is used. */
function contextCost({ context, skills }: SkillCard): Html {
  const { body, description } = context;
  return html`<section>
    <h2>Context cost</h2>
    <p><span class="big">${short(body)}</span> tokens when used</p>
    ${skills.length === 1 ? meter(body) : null}
    <p class="note">
      ${skills.length === 1 ? share(body) : `All ${skills.length} skills together.`} The description, always
      loaded, takes ${exact(description)}. Estimated from the length.
    </p>
  </section>`;
}

function share(body: number): string {
  return `${body > TOKENS_MAX ? "More than" : "Of"} the ${exact(TOKENS_MAX)} a SKILL.md should have at most.`;
}

/** How much of the recommended length a text takes. */
function meter(body: number): Html {
  const width = Math.min(100, (body / TOKENS_MAX) * 100).toFixed(1);
  return html`<svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="4" rx="2" />
    <rect class="${body > TOKENS_MAX ? "over" : "fill"}" width="${width}" height="4" rx="2" />
  </svg>`;
}

function about(card: SkillCard): Html {
  const { version } = card;
  return html`<section>
    <h2>This version</h2>
    <dl class="pairs">
      <dt>Licence</dt>
      <dd>${card.license ?? "not named"}</dd>
      <dt>Published</dt>
      <dd>${date(version.publishedAt)}</dd>
      <dt>Publisher</dt>
      <dd>${publisherName(version, card)}</dd>
      ${
        card.authors.length === 0
          ? null
          : html`<dt>${card.authors.length === 1 ? "Author" : "Authors"}</dt>
              <dd>${card.authors.join(", ")}</dd>`
      }
      <dt>Size</dt>
      <dd>${size(version.unpackedSize)} in ${plural(version.fileCount, "file")}</dd>
      <dt>Download</dt>
      <dd>${size(version.size)}</dd>
    </dl>
  </section>`;
}

function agents({ agents: ids, compatibility }: SkillCard): Html | null {
  if (compatibility === null) return null;
  return html`<section>
    <h2>Compatibility</h2>
    ${ids.length === 0 ? null : chips(ids.map((agent) => ({ text: agent, href: searchUrl({ agent }) })))}
    <p class="after-chips">${compatibility}</p>
  </section>`;
}

/** Hexadecimal digits of a commit that people compare. */
const COMMIT_DIGITS = 10;

/** Where the files come from. Unlike provenance, nobody has certified it. */
function source({ importedFrom }: SkillCard): Html | null {
  if (importedFrom === null) return null;
  const { repository, commit, path, link } = importedFrom;
  return html`<section>
    <h2>Imported from</h2>
    <dl class="pairs links">
      <dt>Source</dt>
      <dd>${link === null ? repository : linkTo(link, withoutScheme(repository))}</dd>
      ${path === "" ? null : pair("Folder", html`${path}`)}
      ${commit === null ? null : pair("Commit", html`${commit.slice(0, COMMIT_DIGITS)}`)}
    </dl>
    <p class="note">Stated by the publisher. The registry has not proved it.</p>
  </section>`;
}

function links({ repository, homepage, bugs, contribute }: SkillCard): Html | null {
  const entries = [
    { label: "Repository", href: repository },
    { label: "Homepage", href: homepage === repository ? null : homepage },
    { label: "Issues", href: bugs },
    { label: "Contribute", href: contribute === repository || contribute === bugs ? null : contribute },
  ];
  const shown = entries.flatMap(({ label, href }) => (href === null ? [] : [{ label, href }]));
  if (shown.length === 0) return null;
  return html`<section>
    <h2>Links</h2>
    <dl class="pairs links">
      ${shown.map(({ label, href }) => pair(label, linkTo(href, withoutScheme(href))))}
    </dl>
    ${contribute === repository && contribute !== null ? html`<p class="note">Changes go to the repository.</p>` : null}
  </section>`;
}

function pair(label: string, value: Html): Html {
  return html`<dt>${label}</dt>
    <dd>${value}</dd>`;
}

function linkTo(href: string, text: string): Html {
  return html`<a href="${href}" rel="nofollow noopener noreferrer">${text}</a>`;
}

function withoutScheme(href: string): string {
  return href.replace(/^https?:\/\/(?:www\.)?/, "").replace(/\/$/, "");
}

function chipSection(title: string, entries: { text: string; href: string }[]): Html | null {
  if (entries.length === 0) return null;
  return html`<section>
    <h2>${title}</h2>
    ${chips(entries)}
  </section>`;
}

function integrity({ version }: SkillCard): Html {
  return html`<section>
    <h2>Integrity</h2>
    <p class="digest">${version.integrity}</p>
    ${copyButton(version.integrity, "integrity")}
    <p class="note">Signed by the registry with key <span class="digest">${version.signature.keyid}</span></p>
  </section>`;
}
