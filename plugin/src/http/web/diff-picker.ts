import type { PackageName } from "@skills-registry/schema";
import type { SkillCard } from "../../registry/skill-card.ts";
import { type Html, html } from "./html.ts";
import { skillUrl } from "./urls.ts";

/** Versions to choose from; whoever wants an older one writes it into the address. */
const CHOICES = 200;

export function diffUrl(name: PackageName, from: string, to: string): string {
  return `${skillUrl(name.full)}/diff/${encodeURIComponent(from)}...${encodeURIComponent(to)}`;
}

/** A form for the two versions to compare. */
export function diffPicker(card: SkillCard, { from, to }: { from: string; to: string }): Html {
  return html`<form class="diff-picker" action="${skillUrl(card.package.name)}/diff" method="get">
    ${choice(card, { field: "from", label: "Compare", chosen: from })}
    ${choice(card, { field: "to", label: "with", chosen: to })}
    <button class="button" type="submit">Show changes</button>
  </form>`;
}

interface Choice {
  field: "from" | "to";
  label: string;
  chosen: string;
}

function choice({ versions }: SkillCard, { field, label, chosen }: Choice): Html {
  const shown = versions.slice(0, CHOICES).map(({ version }) => version);
  const options = shown.includes(chosen) ? shown : [...shown, chosen];
  return html`<label for="diff-${field}">${label}</label>
    <select id="diff-${field}" name="${field}">
      ${options.map(
        (version) =>
          html`<option value="${version}" ${version === chosen ? html`selected` : null}>${version}</option>`,
      )}
    </select>`;
}
