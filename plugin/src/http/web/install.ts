import type { SkillCard } from "../../registry/skill-card.ts";
import { command } from "./components.ts";
import { type Html, html } from "./html.ts";

interface Client {
  label: string;
  /** `spec` is the skill's name, with its version where that is not the latest. */
  line: (spec: string, registry: string) => string;
}

/** The tabs of the install box. style sheet skill.css knows as many panels as there are rows. */
const CLIENTS: readonly Client[] = [
  { label: "Any agent", line: (spec) => `skills add ${spec}` },
  { label: "Claude Code", line: (spec) => `skills add ${spec} --agent claude-code` },
  { label: "Codex", line: (spec) => `skills add ${spec} --agent codex` },
  { label: "Cursor", line: (spec) => `skills add ${spec} --agent cursor` },
  { label: "npm", line: (spec, registry) => `npm install ${spec} --registry=${registry}/` },
];

/** What a client calls the shown version. */
export function installSpec({ package: { name }, version, isLatest }: SkillCard): string {
  return isLatest ? name : `${name}@${version.version}`;
}

/** One line per client, in tabs made of radio buttons: they need no script, and arrow keys go through them. */
export function installBox(card: SkillCard, registry: string): Html {
  const spec = installSpec(card);
  return html`<fieldset class="install">
    <legend class="visually-hidden">Install with</legend>
    <div class="install-tabs">
      ${CLIENTS.map(
        ({ label }, index) =>
          html`<label
            ><input
              type="radio"
              name="client"
              value="${index + 1}"
              ${index === 0 ? "checked" : null}
            />${label}</label
          >`,
      )}
    </div>
    ${CLIENTS.map(({ line }) => html`<div class="install-panel">${command(line(spec, registry))}</div>`)}
    <details class="install-setup">
      <summary>First time? Tell npm once where @${card.package.namespace} lives</summary>
      ${command(`npm config set @${card.package.namespace}:registry ${registry}/`)}
    </details>
  </fieldset>`;
}
