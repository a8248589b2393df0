import { mayAdminister } from "../../registry/authorize.ts";
import { requireNamespace } from "../../registry/namespace-card.ts";
import { listTrusts } from "../../registry/trust/trusts.ts";
import type { Namespace, Visibility } from "../../store/identity.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { crumbs } from "./components.ts";
import { readForm } from "./forms.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { changeNamespaceAs, namespaceForm } from "./namespace-changes.ts";
import { seeOther } from "./see-other.ts";
import { hidden, type Refusal, refusalAlert, refusalOf, selectField, statusAfter } from "./settings-parts.ts";
import { groupsSection, peopleSection } from "./settings-people.ts";
import { teamsOf, teamsSection } from "./settings-teams.ts";
import { trustSection } from "./settings-trusts.ts";
import { namespaceSettingsUrl } from "./urls.ts";

/** `GET /namespaces/:namespace/settings` */
export async function namespaceSettings(services: Services, request: Request): Promise<Answer> {
  return await settingsPage(services, request);
}

/** `POST /namespaces/:namespace/settings`: one of the page's forms; back to its section, or to the account of who gave up their role. */
export async function changeNamespace(services: Services, request: Request): Promise<Answer> {
  const namespace = namespaceIn(request);
  const form = await readForm(request, namespaceForm);
  try {
    await changeNamespaceAs(services, request, { namespace, form });
  } catch (error) {
    return await settingsPage(services, request, refusalOf(form, error));
  }
  const [section = ""] = form.act.split("-");
  const isStillOwner = await mayAdminister(services.parts, request.caller, { namespace, package: null });
  return seeOther(isStillOwner ? `${namespaceSettingsUrl(namespace)}#${section}` : "/account");
}

/** People paste names as npm writes them. */
export function namespaceIn({ params }: Request): string {
  return (params["namespace"] ?? "").replace(/^@/, "");
}

async function settingsPage(services: Services, request: Request, refusal?: Refusal): Promise<Answer> {
  const { parts } = services;
  const namespace = await requireNamespace(parts, namespaceIn(request));
  const { name, kind } = namespace;
  const subject = `@${name}`;
  const trusts = await listTrusts(parts, subject);
  return page(request, {
    title: `Settings of @${name}`,
    status: statusAfter(refusal),
    body: html`<header>
        ${crumbs(name)}
        <h1>Settings of @${name}</h1>
      </header>
      ${refusalAlert(refusal)}
      <div class="sections">
        ${kind === "org" ? await orgSections(services, name, refusal) : personalNote(name)}
        ${visibilitySection(namespace, parts.config.namespaces.visibility)}
        ${trustSection(trusts, { subject, issuers: parts.config.trustedPublishing })}
      </div>`,
  });
}

async function orgSections({ parts }: Services, namespace: string, refusal?: Refusal): Promise<Html> {
  const { metadata, config } = parts;
  const members = await metadata.members(namespace);
  const groups = await metadata.groupRoles(namespace);
  const teams = await teamsOf(metadata, namespace);
  return html`${peopleSection(members, { namespace, refusal })}
  ${groupsSection({ groups, providers: config.providers, refusal })}
  ${teamsSection(teams, { namespace, refusal })}`;
}

function personalNote(name: string): Html {
  return html`<section id="people" aria-labelledby="people-title">
    <h2 id="people-title">People</h2>
    <p class="muted">
      This is the personal namespace of ${name}, which nobody else belongs to. Other people come in skill by
      skill: each has owners of its own in its settings. For a namespace that is run together,
      <a href="/namespaces/new">create an org</a>.
    </p>
  </section>`;
}

const VISIBILITY_TEXTS: Record<Visibility, string> = {
  public: "public, for everybody",
  restricted: "restricted, for those with a right",
};

/** `standard` is what the configuration says where the namespace says nothing. */
function visibilitySection({ visibility }: Namespace, standard: Visibility): Html {
  return html`<section id="visibility" aria-labelledby="visibility-title">
    <h2 id="visibility-title">New skills</h2>
    <p class="muted">Those that are there already stay as they are.</p>
    <form method="post" class="row-form">
      ${hidden({ act: "visibility" })}
      ${selectField({
        id: "default-visibility",
        name: "visibility",
        label: "A new skill is",
        options: [["", `as everywhere here: ${standard}`], ...Object.entries(VISIBILITY_TEXTS)],
        chosen: visibility ?? "",
      })}
      <button class="button" type="submit">Save</button>
    </form>
  </section>`;
}
