import semver from "semver";
import { SkillsError, type PackageName } from "@skills-registry/schema";
import { type SkillCard, skillCard } from "../../registry/skill-card.ts";
import type { VersionSummary } from "../../store/metadata.ts";
import type { Answer } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { badge, command } from "./components.ts";
import { diffPicker, diffUrl } from "./diff-picker.ts";
import { ago, plural, size } from "./format.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { publisherName } from "./provenance.ts";
import { skillHeader } from "./skill-header.ts";
import { filesUrl, skillUrl, versionUrl } from "./urls.ts";

/** Versions on one page. */
const PAGE_SIZE = 50;

/** `GET /skills/:namespace/:skill/versions?page=`. */
export async function versionsPage(services: Services, request: PackageRequest): Promise<Answer> {
  const { name } = request;
  const card = await skillCard(services.parts, request.caller, { name });
  const pages = Math.ceil(card.versions.length / PAGE_SIZE);
  const current = pageNumber(request.query.get("page"), pages);
  const start = (current - 1) * PAGE_SIZE;
  const now = services.parts.now();
  return page(request, {
    title: `Versions of ${name.full}`,
    description: `${plural(card.versions.length, "version")} of ${name.full}.`,
    body: html`${skillHeader(card, request, { tab: "versions", now })}
      ${card.versions.length > 1 ? diffPicker(card, twoNewest(card)) : null}
      <h2 class="visually-hidden">All versions</h2>
      <ol class="versions">
        ${card.versions
          .slice(start, start + PAGE_SIZE)
          .map((version, index) =>
            versionItem(version, { card, name, now, before: card.versions[start + index + 1] }),
          )}
      </ol>
      ${pages > 1 ? pager(name, current, pages) : null}`,
  });
}

function pageNumber(text: string | null, pages: number): number {
  const wanted = /^[1-9]\d{0,5}$/.test(text ?? "1") ? Number(text ?? 1) : 0;
  if (wanted >= 1 && wanted <= pages) return wanted;
  throw new SkillsError("ENOTFOUND", "there is no such page of versions");
}

function twoNewest({ versions }: SkillCard): { from: string; to: string } {
  const [to, from] = versions;
  return { from: from?.version ?? "", to: to?.version ?? "" };
}

interface Row {
  card: SkillCard;
  name: PackageName;
  now: Date;
  /** The next lower version; undefined for the lowest. */
  before: VersionSummary | undefined;
}

function versionItem(version: VersionSummary, { card, name, now, before }: Row): Html {
  const number = version.version;
  const tags = card.tags.filter((tag) => tag.version === number);
  return html`<li class="version">
    <div class="version-head">
      <h3><a href="${versionUrl(name, number)}">${number}</a></h3>
      ${tags.map(({ tag }) => badge(tag, "accent"))}
      ${semver.prerelease(number) === null ? null : badge("prerelease")}
      ${version.deprecated === null ? null : badge("deprecated", "danger")}
      ${version.hasScripts ? badge("with scripts", "warn") : null}
    </div>
    <ul class="facts">
      <li>${ago(version.publishedAt, now)} by ${publisherName(version, card)}</li>
      <li><a href="${filesUrl(name, number)}">${plural(version.fileCount, "file")}</a></li>
      <li>${size(version.unpackedSize)}</li>
      ${
        before === undefined
          ? html`<li>first version</li>`
          : html`<li>
              <a href="${diffUrl(name, before.version, number)}"
                >what changed<span class="visually-hidden"> from ${before.version} to ${number}</span></a
              >
            </li>`
      }
    </ul>
    ${version.deprecated === null ? null : html`<p class="deprecation">${version.deprecated}</p>`}
    <details class="version-install">
      <summary>Install ${number}</summary>
      ${command(`skills add ${name.full}@${number}`)}
    </details>
  </li>`;
}

function pager(name: PackageName, current: number, pages: number): Html {
  const address = `${skillUrl(name.full)}/versions`;
  return html`<nav class="pager" aria-label="Pages of versions">
    ${current > 1 ? html`<a class="button" rel="prev" href="${address}?page=${current - 1}">Newer</a>` : null}
    <span class="muted">Page ${current} of ${pages}</span>
    ${current < pages ? html`<a class="button" rel="next" href="${address}?page=${current + 1}">Older</a>` : null}
  </nav>`;
}
