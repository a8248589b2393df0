import type { FileChange } from "@skills-registry/schema";
import type { VersionDiff } from "../../registry/diff.ts";
import { resolveVersion } from "../../registry/resolve-version.ts";
import { skillCard } from "../../registry/skill-card.ts";
import type { Answer } from "../answer.ts";
import { parseDiffRange } from "../api/diff.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { badge } from "./components.ts";
import { diffLines, type LineBudget, LINES_MAX } from "./diff-lines.ts";
import { notableChanges } from "./diff-notable.ts";
import { diffPicker, diffUrl } from "./diff-picker.ts";
import { plural, size } from "./format.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { skillHeader } from "./skill-header.ts";

/** `GET /skills/:namespace/:skill/diff?from=&to=`: a form cannot write its fields into the path. */
export async function chooseDiff(_services: Services, request: PackageRequest): Promise<Answer> {
  const { query, name } = request;
  const { from, to } = parseDiffRange(`${query.get("from") ?? ""}...${query.get("to") ?? ""}`);
  return { status: 303, headers: { location: diffUrl(name, from, to) }, body: { kind: "none" } };
}

/** `GET /skills/:namespace/:skill/diff/:range`. */
export async function diffPage(services: Services, request: PackageRequest): Promise<Answer> {
  const { name } = request;
  const { metadata } = services.parts;
  const wish = parseDiffRange(request.params["range"] ?? "");
  const { version: from } = await resolveVersion(metadata, { name, version: wish.from });
  const { version: to } = await resolveVersion(metadata, { name, version: wish.to });
  const diff = await services.diffs.between(from, to);
  const card = await skillCard(services.parts, request.caller, { name });
  const title = `${diff.from} → ${diff.to}`;
  const budget: LineBudget = { lines: LINES_MAX };
  return page(request, {
    title: `${title} of ${name.full}`,
    description: `What changed in ${name.full} from ${diff.from} to ${diff.to}.`,
    body: html`${skillHeader(card, request, { tab: "versions", now: services.parts.now() })}
      ${diffPicker(card, diff)}
      <section aria-labelledby="changes">
        <h2 id="changes">Changes from ${diff.from} to ${diff.to}</h2>
        ${summary(diff)} ${notableChanges(from, to, diff.abilities)}
        ${
          diff.files.length === 0
            ? html`<p class="empty">The files of these versions are the same.</p>`
            : diff.files.map((change) => fileChange(change, budget))
        }
      </section>`,
  });
}

function summary({ files }: VersionDiff): Html {
  const count = (status: FileChange["status"]): number =>
    files.filter((file) => file.status === status).length;
  const added = files.reduce((sum, file) => sum + file.added, 0);
  const removed = files.reduce((sum, file) => sum + file.removed, 0);
  return html`<ul class="facts">
    <li>${plural(count("changed"), "file")} changed</li>
    <li>${count("added")} added</li>
    <li>${count("removed")} removed</li>
    <li>${lineCounts(added, removed)}</li>
  </ul>`;
}

function lineCounts(added: number, removed: number): Html {
  return html`<span class="line-counts"
    ><span class="plus">+${added}</span> <span class="minus">−${removed}</span
    ><span class="visually-hidden"> lines</span></span
  >`;
}

const TONES = { added: "accent", removed: "danger", changed: "plain" } as const;

function fileChange(change: FileChange, budget: LineBudget): Html {
  const { path, status, added, removed, before, after } = change;
  return html`<details class="change" open>
    <summary>
      <span class="mono">${path}</span> ${badge(status, TONES[status])}
      <span class="muted">${sizes(before, after)}</span> ${lineCounts(added, removed)}
    </summary>
    ${diffLines(change, budget)}
  </details>`;
}

function sizes(before: number | null, after: number | null): string {
  if (before === null || after === null) return size(before ?? after ?? 0);
  return before === after ? size(after) : `${size(before)} → ${size(after)}`;
}
