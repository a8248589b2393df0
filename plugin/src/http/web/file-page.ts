import { type FileContent, type FileInfo, fileOf, filesOf } from "../../registry/files.ts";
import { type SkillCard, skillCard } from "../../registry/skill-card.ts";
import type { Answer } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { codeHtml, hasInvisible } from "./code-view.ts";
import { notice } from "./components.ts";
import { fileBadges } from "./files-page.ts";
import { size } from "./format.ts";
import { type Html, html, raw } from "./html.ts";
import { page } from "./layout.ts";
import { renderMarkdown } from "./markdown.ts";
import { skillLinks } from "./markdown-links.ts";
import { nameOf, skillHeader } from "./skill-header.ts";
import { filesUrl, rawFileUrl } from "./urls.ts";

const MARKDOWN = /\.(?:md|markdown)$/i;
/** Files named beside the one that is shown. */
const LISTED_MAX = 200;

/** `GET /skills/:namespace/:skill/v/:version/files/*path`; a folder leads to the list of all files. */
export async function filePage(services: Services, request: PackageRequest): Promise<Answer> {
  const { name, params } = request;
  const path = params["path"] ?? "";
  const card = await skillCard(services.parts, request.caller, { name, version: params["version"] ?? "" });
  const files = await filesOf(services, card.version);
  const number = card.version.version;
  if (files.some((file) => file.path.startsWith(`${path}/`))) {
    return { status: 303, headers: { location: filesUrl(name, number) }, body: { kind: "none" } };
  }
  const file = await fileOf(services, card.version, path);
  const asSource = request.query.get("view") === "source";
  return page(request, {
    title: `${path} · ${name.full} ${number}`,
    body: html`${skillHeader(card, request, { tab: "files", now: services.parts.now() })}
      <div class="browser">
        ${neighbours(files, card, path)}
        <section class="file" aria-labelledby="file">
          ${fileHead(file, card, { asSource })} ${fileBody(services, card, { file, asSource })}
        </section>
      </div>`,
  });
}

function neighbours(files: FileInfo[], card: SkillCard, current: string): Html {
  const name = nameOf(card);
  const { version } = card.version;
  const more = files.length - LISTED_MAX;
  return html`<nav class="file-list" aria-label="Files">
    <ul>
      ${files.slice(0, LISTED_MAX).map(
        ({ path }) =>
          html`<li>
            <a
              class="path"
              href="${filesUrl(name, version, path)}"
              ${path === current ? html`aria-current="page"` : null}
              >${path}</a
            >
          </li>`,
      )}
    </ul>
    ${more > 0 ? html`<p><a href="${filesUrl(name, version)}">and ${more} more</a></p>` : null}
  </nav>`;
}

function fileHead(file: FileInfo, card: SkillCard, { asSource }: { asSource: boolean }): Html {
  const name = nameOf(card);
  const { version } = card.version;
  const address = filesUrl(name, version, file.path);
  const isMarkdown = file.kind === "text" && MARKDOWN.test(file.path);
  return html`<div class="file-head">
    <h2 id="file" class="mono">${file.path}</h2>
    <ul class="facts">
      <li>${size(file.size)}</li>
      <li>${fileBadges(file)}</li>
      ${
        isMarkdown
          ? html`<li>
              <a href="${asSource ? address : `${address}?view=source`}"
                >${asSource ? "Preview" : "Source"}</a
              >
            </li>`
          : null
      }
      <li><a href="${rawFileUrl(name, version, file.path)}">Raw</a></li>
    </ul>
  </div>`;
}

interface Shown {
  file: FileContent;
  asSource: boolean;
}

function fileBody(services: Services, card: SkillCard, { file, asSource }: Shown): Html {
  const { path, kind } = file;
  const address = rawFileUrl(nameOf(card), card.version.version, path);
  if (kind === "image") {
    return html`<p class="picture"><img src="${address}" alt="${path}" /></p>`;
  }
  if (kind === "binary") {
    return html`<div class="empty">
      <p>This file is not text and not a picture a browser may show. <a href="${address}">Download it</a>.</p>
    </div>`;
  }
  const text = new TextDecoder().decode(file.bytes);
  const isPreview = MARKDOWN.test(path) && !asSource;
  const { html: body } = services.renderedTexts.get(
    card.version,
    `${isPreview ? "preview" : "source"} ${path}`,
    () =>
      isPreview
        ? renderMarkdown(text, skillLinks(nameOf(card), card.version.version, path))
        : { html: codeHtml({ text, path }), headings: [] },
  );
  return html`${hasInvisible(text) ? invisibleNotice() : null}
  ${isPreview ? html`<div class="prose">${raw(body)}</div>` : raw(body)}`;
}

function invisibleNotice(): Html {
  return notice(
    "warn",
    html`<strong>This file has invisible characters.</strong> They can make a text read differently from what
      an agent is told: look at the raw file.`,
  );
}
