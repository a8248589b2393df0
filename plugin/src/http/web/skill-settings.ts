import type { PackageName } from "@skills-registry/schema";
import { mayAdminister } from "../../registry/authorize.ts";
import { requirePackage } from "../../registry/package-state.ts";
import { listTrusts } from "../../registry/trust/trusts.ts";
import type { Visibility } from "../../store/identity.ts";
import type { Answer } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { badge, crumbs, notice } from "./components.ts";
import { readForm } from "./forms.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { seeOther } from "./see-other.ts";
import {
  dangerButton,
  hidden,
  type Refusal,
  refusalAlert,
  refusalOf,
  statusAfter,
  textField,
  typed,
} from "./settings-parts.ts";
import { trustSection } from "./settings-trusts.ts";
import { changeSkillAs, skillForm } from "./skill-changes.ts";
import { namespaceSettingsUrl, skillSettingsUrl } from "./urls.ts";

/** `GET /skills/:namespace/:skill/settings`. It shows nothing of a version: that of a withdrawn skill is there, too. */
export async function skillSettings(services: Services, request: PackageRequest): Promise<Answer> {
  return await settingsPage(services, request);
}

/** `POST /skills/:namespace/:skill/settings`: one of the page's forms; back to its section, or to the account of who gave up their right. */
export async function changeSkill(services: Services, request: PackageRequest): Promise<Answer> {
  const { full, namespace } = request.name;
  const form = await readForm(request, skillForm);
  try {
    await changeSkillAs(services, request, form);
  } catch (error) {
    return await settingsPage(services, request, refusalOf(form, error));
  }
  const [section = ""] = form.act.split("-");
  const isStillOwner = await mayAdminister(services.parts, request.caller, { namespace, package: full });
  return seeOther(isStillOwner ? `${skillSettingsUrl(full)}#${section}` : "/account");
}

async function settingsPage(
  { parts }: Services,
  request: PackageRequest,
  refusal?: Refusal,
): Promise<Answer> {
  const { full, namespace, skill } = request.name;
  const found = await requirePackage(parts.metadata, full);
  const owners = await parts.metadata.packageOwners(found.id);
  const trusts = await listTrusts(parts, full);
  const governs = await mayAdminister(parts, request.caller, { namespace, package: null });
  return page(request, {
    title: `Settings of ${full}`,
    status: statusAfter(refusal),
    body: html`<header>
        ${crumbs(namespace, full)}
        <h1>Settings of ${skill}</h1>
      </header>
      ${refusalAlert(refusal)}
      <div class="sections">
        ${visibilitySection(found.visibility)} ${ownersSection(request.name, { owners, governs, refusal })}
        ${trustSection(trusts, { subject: full, issuers: parts.config.trustedPublishing })}
      </div>`,
  });
}

function visibilitySection(visibility: Visibility): Html {
  return html`<section id="visibility" aria-labelledby="visibility-title">
    <h2 id="visibility-title">Visibility ${badge(visibility)}</h2>
    ${visibility === "public" ? restrictForm() : publishForm()}
  </section>`;
}

function restrictForm(): Html {
  return html`<p class="muted">
      Everybody reads it. Restricted, it is there only for people with a right to it; copies that others have
      stay with them.
    </p>
    <form method="post">
      ${hidden({ act: "visibility", visibility: "restricted" })}
      <button class="button" type="submit">Restrict it</button>
    </form>`;
}

function publishForm(): Html {
  return html`<p class="muted">It is there only for people with a right to it.</p>
    <details class="panel">
      <summary>Make it public</summary>
      <form method="post">
        ${hidden({ act: "visibility", visibility: "public" })}
        ${notice(
          "warn",
          html`<strong>Everybody who reaches this registry will read it</strong>, all its versions, also those
            of the past. What others have copied then cannot be taken back.`,
        )}
        <button class="button button-danger" type="submit">Make it public</button>
      </form>
    </details>`;
}

interface Owners {
  /** Names of accounts. */
  owners: string[];
  /** The caller runs the namespace. */
  governs: boolean;
  refusal: Refusal | undefined;
}

function ownersSection({ full, namespace }: PackageName, { owners, governs, refusal }: Owners): Html {
  const add = { act: "owners-add" };
  const place = governs
    ? html`<a href="${namespaceSettingsUrl(namespace)}">@${namespace}</a>`
    : html`@${namespace}`;
  return html`<section id="owners" aria-labelledby="owners-title">
    <h2 id="owners-title">Owners</h2>
    <p class="muted">
      Owners of ${place} own it. So do the people named here, who need no role there: they publish it and
      change these settings.
    </p>
    ${
      owners.length === 0
        ? html`<p class="muted">Nobody yet.</p>`
        : html`<ul class="plain-list">
            ${owners.map(ownerItem)}
          </ul>`
    }
    <form method="post" class="row-form">
      ${hidden(add)}
      ${textField({ id: "new-owner", name: "account", label: "Account name", value: typed(refusal, add, "account") })}
      <button class="button button-primary" type="submit" aria-label="Add as an owner of ${full}">Add</button>
    </form>
  </section>`;
}

function ownerItem(owner: string): Html {
  return html`<li class="token">
    <h3>${owner}</h3>
    ${dangerButton({ act: "owners-remove", account: owner }, { text: "Remove", label: `Remove ${owner}` })}
  </li>`;
}
