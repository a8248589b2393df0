import type { TeamPermission } from "../../store/identity.ts";
import type { MetadataReader } from "../../store/metadata.ts";
import { badge } from "./components.ts";
import { plural } from "./format.ts";
import { type Html, html } from "./html.ts";
import {
  dangerButton,
  hidden,
  isRefused,
  type Refusal,
  selectField,
  textField,
  typed,
} from "./settings-parts.ts";
import { skillUrl } from "./urls.ts";

export interface TeamDetails {
  team: string;
  /** Names of accounts. */
  members: string[];
  grants: { package: string; permission: TeamPermission }[];
}

/** The teams of an org, by name. */
export async function teamsOf(reader: MetadataReader, namespace: string): Promise<TeamDetails[]> {
  const names = await reader.teams(namespace);
  return await Promise.all(
    names.map(async (team) => ({
      team,
      members: (await reader.teamMembers(namespace, team)) ?? [],
      grants: (await reader.teamPackages(namespace, team)) ?? [],
    })),
  );
}

const PERMISSION_TEXTS: Record<TeamPermission, string> = {
  "read-only": "reads",
  "read-write": "reads and publishes",
};

/** Teams, and forms to change them. */
export function teamsSection(
  teams: TeamDetails[],
  { namespace, refusal }: { namespace: string; refusal: Refusal | undefined },
): Html {
  const create = { act: "teams-create" };
  return html`<section id="teams" aria-labelledby="teams-title">
    <h2 id="teams-title">Teams</h2>
    <p class="muted">
      A team has rights to single skills of @${namespace}. Its people need no role in the org.
    </p>
    ${teams.length === 0 ? html`<p class="muted">None yet.</p>` : null}
    ${teams.map((team) => teamPanel(team, { namespace, refusal }))}
    <form method="post" class="panel form-grid">
      ${hidden(create)}
      ${textField({ id: "new-team", name: "team", label: "New team", value: typed(refusal, create, "team") })}
      <p class="form-end"><button class="button button-primary" type="submit">Create the team</button></p>
    </form>
  </section>`;
}

function teamPanel(
  { team, members, grants }: TeamDetails,
  { namespace, refusal }: { namespace: string; refusal: Refusal | undefined },
): Html {
  return html`<details class="panel" ${isRefused(refusal, { team }) ? html`open` : null}>
    <summary>${team}: ${people(members.length)}, ${plural(grants.length, "skill")}</summary>
    <div>
      ${
        members.length === 0
          ? null
          : list(
              `People of ${team}`,
              members.map((account) => personItem(team, account)),
            )
      }
      ${personForm(team, refusal)}
      ${
        grants.length === 0
          ? null
          : list(
              `Skills of ${team}`,
              grants.map((grant) => grantItem(team, grant)),
            )
      }
      ${grantForm(team, { namespace, refusal })}
      ${dangerButton({ act: "teams-destroy", team }, { text: "Delete the team", label: `Delete the team ${team}` })}
    </div>
  </details>`;
}

function list(label: string, items: Html[]): Html {
  return html`<ul class="plain-list" aria-label="${label}">
    ${items}
  </ul>`;
}

function people(count: number): string {
  return count === 1 ? "1 person" : `${count} people`;
}

function personItem(team: string, account: string): Html {
  return html`<li class="token">
    <h3>${account}</h3>
    ${dangerButton(
      { act: "teams-remove", team, account },
      { text: "Remove", label: `Remove ${account} from ${team}` },
    )}
  </li>`;
}

function personForm(team: string, refusal: Refusal | undefined): Html {
  const add = { act: "teams-add", team };
  const value = typed(refusal, add, "account");
  return html`<form method="post" class="row-form">
    ${hidden(add)} ${textField({ id: `team-${team}-account`, name: "account", label: "Account name", value })}
    <button class="button" type="submit" aria-label="Add the account to ${team}">Add</button>
  </form>`;
}

function grantItem(team: string, { package: name, permission }: TeamDetails["grants"][number]): Html {
  return html`<li class="token">
    <h3><a href="${skillUrl(name)}">${name}</a> ${badge(PERMISSION_TEXTS[permission])}</h3>
    ${dangerButton(
      { act: "teams-revoke", team, package: name },
      { text: "Take away", label: `Take away ${name} from ${team}` },
    )}
  </li>`;
}

function grantForm(
  team: string,
  { namespace, refusal }: { namespace: string; refusal: Refusal | undefined },
): Html {
  const grant = { act: "teams-grant", team };
  return html`<form method="post" class="row-form">
    ${hidden(grant)}
    ${textField({
      id: `team-${team}-package`,
      name: "package",
      label: "Skill",
      value: typed(refusal, grant, "package"),
      placeholder: `@${namespace}/…`,
    })}
    ${selectField({
      id: `team-${team}-permission`,
      name: "permission",
      label: "The team",
      options: Object.entries(PERMISSION_TEXTS),
      chosen: typed(refusal, grant, "permission"),
    })}
    <button class="button" type="submit" aria-label="Give the skill to ${team}">Give</button>
  </form>`;
}
