import { type Issue, parseFrontmatter } from "@skills-registry/schema";
import { type SkillCard, skillCard } from "../../registry/skill-card.ts";
import { type SkillText, skillTexts } from "../../registry/skill-texts.ts";
import type { Answer } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { frontmatterTable } from "./frontmatter-table.ts";
import { type Html, html, raw } from "./html.ts";
import { installBox } from "./install.ts";
import { page } from "./layout.ts";
import { type Heading, renderMarkdown } from "./markdown.ts";
import { nameOf, skillHeader } from "./skill-header.ts";
import { skillSide } from "./skill-side.ts";
import { filesUrl, rawFileUrl } from "./urls.ts";

/** `GET /skills/:namespace/:skill` and `…/v/:version`. */
export async function skillPage(services: Services, request: PackageRequest): Promise<Answer> {
  const { version } = request.params;
  const card = await skillCard(services.parts, request.caller, {
    name: request.name,
    ...(version === undefined ? {} : { version }),
  });
  return page(request, {
    title: version === undefined ? request.name.full : `${request.name.full} ${card.version.version}`,
    description: card.description,
    body: html`<article>
      ${skillHeader(card, request, { tab: "readme", now: services.parts.now() })}
      <div class="split">
        <div>${installBox(card, request.baseUrl)} ${warnings(card.warnings)} ${readme(services, card)}</div>
        ${skillSide(card)}
      </div>
    </article>`,
  });
}

function readme(services: Services, card: SkillCard): Html {
  const [only, ...others] = skillTexts(card.version);
  return only === undefined || others.length > 0 || only.path !== ""
    ? packedSkills(card)
    : skillText(services, card, only);
}

function skillText(services: Services, card: SkillCard, text: SkillText): Html {
  const data = parseFrontmatter(text.text, "SKILL.md").frontmatter?.data ?? {};
  const name = nameOf(card);
  const number = card.version.version;
  const { html: body, headings } = services.renderedTexts.get(card.version, text.path, () =>
    renderMarkdown(text.text, {
      fileUrl: (path) => filesUrl(name, number, path),
      imageUrl: (path) => rawFileUrl(name, number, path),
      folder: text.path,
    }),
  );
  return html`${frontmatterTable(data, [name.skill, card.description])} ${contents(headings)}
    <section class="prose" aria-label="SKILL.md">${raw(body)}</section>`;
}

/** Headings that make a list of contents worth its place. */
const CONTENTS_MIN = 5;

function contents(headings: Heading[]): Html | null {
  const shown = headings.filter(({ level, text }) => level <= 3 && text !== "");
  if (shown.length < CONTENTS_MIN) return null;
  return html`<details class="contents">
    <summary>Contents</summary>
    <ul>
      ${shown.map(({ id, text, level }) => html`<li class="level-${level}"><a href="#${id}">${text}</a></li>`)}
    </ul>
  </details>`;
}

function packedSkills(card: SkillCard): Html {
  const name = nameOf(card);
  return html`<section aria-labelledby="packed">
    <h2 id="packed">Skills in this pack</h2>
    <ul class="hits">
      ${card.skills.map(
        ({ path, name: skill, description }) =>
          html`<li>
            <p class="hit-title">
              <a href="${filesUrl(name, card.version.version, `${path}/SKILL.md`)}">${skill}</a>
            </p>
            <p>${description}</p>
          </li>`,
      )}
    </ul>
  </section>`;
}

/** What the validator advises; the registry took the skill all the same. */
function warnings(found: Issue[]): Html | null {
  if (found.length === 0) return null;
  return html`<details class="warnings">
    <summary>${found.length === 1 ? "1 remark" : `${found.length} remarks`} of the validator</summary>
    <ul>
      ${found.map(
        (issue) =>
          html`<li>
            <p>${issue.message} <code>${place(issue)}</code></p>
            <p class="muted">${issue.fix} <code>${issue.code}</code></p>
          </li>`,
      )}
    </ul>
  </details>`;
}

function place({ path, line }: Issue): string {
  if (path === "") return "package";
  return line === undefined ? path : `${path}:${line}`;
}
