import type { ForkState } from "../../registry/fork-state.ts";
import type { SkillCard } from "../../registry/skill-card.ts";
import type { Request } from "../request.ts";
import { badge, crumbs, notice } from "./components.ts";
import { ago, date, plural, short } from "./format.ts";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { originLink } from "./origin.ts";
import { publisherName } from "./provenance.ts";
import { filesUrl, skillSettingsUrl, skillUrl, versionUrl } from "./urls.ts";

export type SkillTab = "readme" | "files" | "versions";

/** The head that all pages of one skill share: what it is, how it is liked, and its tabs. */
export function skillHeader(
  card: SkillCard,
  request: Request,
  { tab, now }: { tab: SkillTab; now: Date },
): Html {
  const { namespace, name } = card.package;
  const title = name.slice(namespace.length + 2);
  return html`<header>
      <div class="skill-head">
        <div>
          ${crumbs(namespace)}
          <h1>${title}</h1>
        </div>
        ${likeForm(card, request)}
      </div>
      <p class="lead">${card.description}</p>
      ${facts(card, now)}
    </header>
    ${tabs(card, tab)} ${notices(card)}`;
}

function facts(card: SkillCard, now: Date): Html {
  const { version } = card;
  const tags = card.tags.filter((tag) => tag.version === version.version);
  return html`<ul class="facts head-facts">
    <li><strong>${version.version}</strong> ${tags.map(({ tag }) => badge(tag, "accent"))}</li>
    ${card.package.visibility === "restricted" ? html`<li>${badge("restricted")}</li>` : null}
    ${card.mirroredFrom === null ? null : html`<li>mirrored from ${originLink(card.mirroredFrom, skillUrl(card.package.name))}</li>`}
    ${card.fork === null ? null : html`<li><span>${forkText(card.fork)}</span></li>`}
    <li>published ${ago(version.publishedAt, now)} by ${publisherName(version, card)}</li>
    ${card.license === null ? null : html`<li>${card.license}</li>`}
    <li>${icon("download")}${plural(card.downloads.total, "download")} a month</li>
    ${version.hasScripts ? html`<li>${badge("with scripts", "warn")}</li>` : null}
  </ul>`;
}

/** An origin that is not there for the reader is named, and that is all. */
function forkText({ name, version, latest, behind }: ForkState): Html {
  if (behind === null) return html`fork of ${name} ${version}`;
  const distance =
    behind === 0 || latest === null ? "up to date" : `${plural(behind, "version")} behind ${latest}`;
  return html`fork of <a href="${skillUrl(name)}">${name}</a> ${version}, ${distance}`;
}

/** Without an account it leads to the login, and from there back. */
function likeForm(card: SkillCard, request: Request): Html {
  const address = skillUrl(card.package.name);
  const count = html`<span class="count">${short(card.likes)}</span>`;
  if (request.caller.account === null) {
    return html`<div class="like">
      <a class="button" href="/login?next=${encodeURIComponent(address)}" rel="nofollow"
        >${icon("heart")} Like ${count}<span class="visually-hidden">
          ${card.likes === 1 ? "like" : "likes"}, log in to add yours</span
        ></a
      >
    </div>`;
  }
  return html`<form class="like" action="${address}/like" method="post">
    <button
      class="button"
      name="liked"
      value="${card.liked ? "no" : "yes"}"
      aria-pressed="${String(card.liked)}"
    >
      ${icon("heart")} Like ${count}<span class="visually-hidden">
        ${card.likes === 1 ? "like" : "likes"}</span
      >
    </button>
  </form>`;
}

function tabs(card: SkillCard, current: SkillTab): Html {
  const { name, version } = { name: nameOf(card), version: card.version.version };
  const entries: { tab: SkillTab; href: string; label: string; count?: number }[] = [
    { tab: "readme", href: card.isLatest ? skillUrl(name.full) : versionUrl(name, version), label: "Readme" },
    { tab: "files", href: filesUrl(name, version), label: "Files", count: card.version.fileCount },
    {
      tab: "versions",
      href: `${skillUrl(name.full)}/versions`,
      label: "Versions",
      count: card.versions.length,
    },
  ];
  return html`<nav class="tabs" aria-label="Skill">
    ${entries.map(
      ({ tab, href, label, count }) =>
        html`<a href="${href}" ${tab === current ? html`aria-current="page"` : null}
          >${label}${count === undefined ? null : html` <span class="count">${count}</span>`}</a
        >`,
    )}
    ${card.administered ? html`<a href="${skillSettingsUrl(name.full)}">Settings</a>` : null}
  </nav>`;
}

function notices(card: SkillCard): Html {
  const { version } = card;
  const latest = card.tags.find(({ tag }) => tag === "latest")?.version;
  return html`${card.withdrawn.map(({ version: number, quarantine: { at, reason } }) =>
    notice("danger", html`<strong>${number} was withdrawn on ${date(at)}:</strong> ${reason}`),
  )}
  ${
    version.deprecated === null
      ? null
      : notice("danger", html`<strong>This version is deprecated.</strong> ${version.deprecated}`)
  }
  ${
    card.isLatest || latest === undefined
      ? null
      : notice(
          "plain",
          html`You are looking at version ${version.version}.
            <a href="${skillUrl(card.package.name)}">The latest is ${latest}</a>, one of
            ${plural(card.versions.length, "version")}.`,
        )
  }`;
}

/** The name of the card's package, taken apart. */
export function nameOf({ package: { name, namespace } }: SkillCard): {
  full: string;
  namespace: string;
  skill: string;
} {
  return { full: name, namespace, skill: name.slice(namespace.length + 2) };
}
