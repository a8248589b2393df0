import type { PackageName } from "@skills-registry/schema";
import { type FileInfo, filesOf } from "../../registry/files.ts";
import { skillCard } from "../../registry/skill-card.ts";
import type { Answer } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { badge } from "./components.ts";
import { plural, size } from "./format.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { skillHeader } from "./skill-header.ts";
import { filesUrl } from "./urls.ts";

/** `GET /skills/:namespace/:skill/v/:version/files`. */
export async function filesPage(services: Services, request: PackageRequest): Promise<Answer> {
  const { name } = request;
  const version = request.params["version"] ?? "";
  const card = await skillCard(services.parts, request.caller, { name, version });
  const files = await filesOf(services, card.version);
  const number = card.version.version;
  return page(request, {
    title: `Files of ${name.full} ${number}`,
    description: `${plural(files.length, "file")}, ${size(card.version.unpackedSize)}.`,
    body: html`${skillHeader(card, request, { tab: "files", now: services.parts.now() })}
      <section aria-labelledby="files">
        <h2 id="files" class="visually-hidden">Files of ${number}</h2>
        <p class="muted files-sum">
          ${plural(files.length, "file")}, ${size(card.version.unpackedSize)} unpacked,
          ${size(card.version.size)} to download
        </p>
        ${fileTable(files, name, number)}
      </section>`,
  });
}

function fileTable(files: FileInfo[], name: PackageName, version: string): Html {
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Files">
    <table class="files">
      <thead>
        <tr>
          <th scope="col">Path</th>
          <th scope="col">Kind</th>
          <th scope="col" class="number">Size</th>
        </tr>
      </thead>
      <tbody>
        ${files.map(
          (file) =>
            html`<tr>
              <td>${pathLink(file.path, filesUrl(name, version, file.path))}</td>
              <td>${fileBadges(file)}</td>
              <td class="number nowrap">${size(file.size)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A path whose folder is quieter than its name. */
function pathLink(path: string, href: string): Html {
  const at = path.lastIndexOf("/") + 1;
  return html`<a class="path" href="${href}"><span>${path.slice(0, at)}</span>${path.slice(at)}</a>`;
}

/** What one should know of a file before it is opened, or run. */
export function fileBadges({ kind, executable, path }: FileInfo): Html {
  const isScript = executable || /(^|\/)scripts\//.test(path);
  return html`<span class="chips"
    >${isScript ? badge(executable ? "executable" : "script", "warn") : null}${badge(kind)}</span
  >`;
}
