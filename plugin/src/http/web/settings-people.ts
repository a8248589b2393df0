import type { Config } from "../../config.ts";
import { type GroupRole, type Member, type Role, ROLES } from "../../store/identity.ts";
import { badge } from "./components.ts";
import { type Html, html } from "./html.ts";
import {
  dangerButton,
  hidden,
  type Refusal,
  selectField,
  selection,
  textField,
  typed,
} from "./settings-parts.ts";

const ROLE_TEXTS: Record<Role, string> = {
  owner: "owner: runs it",
  maintainer: "maintainer: publishes",
  member: "member: reads",
};
const ROLE_OPTIONS = ROLES.map((role) => [role, ROLE_TEXTS[role]] as const);

/** People of an org with their roles, and forms to change them. */
export function peopleSection(
  members: Member[],
  { namespace, refusal }: { namespace: string; refusal: Refusal | undefined },
): Html {
  const add = { act: "people-add" };
  return html`<section id="people" aria-labelledby="people-title">
    <h2 id="people-title">People</h2>
    <p class="muted">
      Owners run @${namespace}, maintainers publish all its skills, members read the restricted ones.
    </p>
    <ul class="plain-list">
      ${members.map(memberItem)}
    </ul>
    <form method="post" class="panel form-grid">
      ${hidden(add)}
      ${textField({ id: "new-person", name: "account", label: "Account name", value: typed(refusal, add, "account") })}
      ${selectField({
        id: "new-role",
        name: "role",
        label: "Role",
        options: ROLE_OPTIONS,
        chosen: typed(refusal, add, "role") || "member",
      })}
      <p class="form-end"><button class="button button-primary" type="submit">Add to the org</button></p>
    </form>
  </section>`;
}

/** Shows the role that somebody has, also after a refused change to another. */
function memberItem({ account, role }: Member): Html {
  const id = `role-of-${account}`;
  return html`<li class="token">
    <h3>${account}</h3>
    <div class="actions">
      <form method="post" class="actions">
        ${hidden({ act: "people-change", account })}
        <label class="visually-hidden" for="${id}">Role of ${account}</label>
        ${selection({ id, name: "role", options: ROLE_OPTIONS, chosen: role })}
        <button class="button" type="submit" aria-label="Change the role of ${account}">Change</button>
      </form>
      ${dangerButton({ act: "people-remove", account }, { text: "Remove", label: `Remove ${account}` })}
    </div>
  </li>`;
}

interface Groups {
  groups: GroupRole[];
  providers: Config["providers"];
  refusal: Refusal | undefined;
}

/** Groups elsewhere whose people have a role; nothing where the registry asks nobody for groups. */
export function groupsSection({ groups, providers, refusal }: Groups): Html | null {
  const titles = providers.flatMap((one) => (one.type === "local" ? [] : [[one.id, one.title] as const]));
  if (titles.length === 0 && groups.length === 0) return null;
  return html`<section id="groups" aria-labelledby="groups-title">
    <h2 id="groups-title">Groups</h2>
    <p class="muted">Everybody who is in the group elsewhere has the role here, as long as they are in it.</p>
    ${
      groups.length === 0
        ? html`<p class="muted">None yet.</p>`
        : html`<ul class="plain-list">
            ${groups.map((group) => groupItem(group, new Map(titles)))}
          </ul>`
    }
    ${titles.length === 0 ? null : groupForm(titles, refusal)}
  </section>`;
}

function groupItem({ provider, group, role }: GroupRole, titles: Map<string, string>): Html {
  const title = titles.get(provider) ?? provider;
  return html`<li class="token">
    <div>
      <h3>${group.name}</h3>
      <ul class="facts">
        <li>${title}</li>
        <li>${badge(role)}</li>
      </ul>
    </div>
    ${dangerButton(
      { act: "groups-remove", provider, group: group.id },
      { text: "Remove", label: `Remove the group ${group.name} of ${title}` },
    )}
  </li>`;
}

function groupForm(titles: (readonly [string, string])[], refusal: Refusal | undefined): Html {
  const add = { act: "groups-add" };
  return html`<form method="post" class="panel form-grid">
    ${hidden(add)}
    ${selectField({
      id: "group-provider",
      name: "provider",
      label: "Where",
      options: titles,
      chosen: typed(refusal, add, "provider"),
    })}
    ${textField({
      id: "group-name",
      name: "group",
      label: "Group",
      value: typed(refusal, add, "group"),
      placeholder: "acme/legal",
    })}
    ${selectField({
      id: "group-role",
      name: "role",
      label: "Role of its people",
      options: ROLE_OPTIONS,
      chosen: typed(refusal, add, "role") || "member",
    })}
    <p class="form-end"><button class="button button-primary" type="submit">Add the group</button></p>
  </form>`;
}
