import type { Account } from "../../store/identity.ts";
import type { Quarantine } from "../../store/metadata.ts";
import { ago } from "./format.ts";
import { type Html, html } from "./html.ts";
import { skillUrl } from "./urls.ts";

/** Tables of the operator's page. */

/** A table that scrolls where the window is too narrow for it. */
export function logTable(label: string, heads: string[], rows: Html[]): Html {
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="${label}">
    <table class="log">
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

export function quarantineTable(
  versions: { name: string; version: string; quarantine: Quarantine }[],
  now: Date,
): Html {
  if (versions.length === 0) return html`<p class="muted">None.</p>`;
  return logTable(
    "Table of withdrawn versions",
    ["When", "Version", "Reason"],
    versions.map(
      ({ name, version, quarantine: { at, reason } }) =>
        html`<tr>
          <td class="nowrap">${ago(at, now)}</td>
          <td><a href="${skillUrl(name)}">${name}</a>@${version}</td>
          <td>${reason}</td>
        </tr>`,
    ),
  );
}

export function lockedTable(accounts: Account[], now: Date): Html {
  if (accounts.length === 0) return html`<p class="muted">None.</p>`;
  return logTable(
    "Table of locked accounts",
    ["When", "Account"],
    accounts.map(
      ({ name, lockedAt }) =>
        html`<tr>
          <td class="nowrap">${ago(lockedAt ?? "", now)}</td>
          <td>${name}</td>
        </tr>`,
    ),
  );
}
