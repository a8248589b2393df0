import { z } from "zod";
import { createNamespace, mayCreate } from "../../registry/namespaces/create.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { readForm } from "./forms.ts";
import { requiredField } from "./fields.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { seeOther } from "./see-other.ts";
import { type Refusal, refusalAlert, refusalOf, statusAfter, typed } from "./settings-parts.ts";
import { namespaceSettingsUrl } from "./urls.ts";

/** What is no name, the domain refuses. */
const newForm = z.object({
  name: z
    .string()
    .trim()
    .max(256)
    .transform((text) => text.replace(/^@/, "")),
});

/** `GET /namespaces/new` */
export async function showNewNamespace(services: Services, request: Request): Promise<Answer> {
  return await newPage(services, request);
}

/** `POST /namespaces/new`: makes the org, and leads to its settings. */
export async function sendNewNamespace(services: Services, request: Request): Promise<Answer> {
  const form = await readForm(request, newForm);
  try {
    const { name } = await createNamespace(services.parts, request.caller, form.name);
    return seeOther(namespaceSettingsUrl(name));
  } catch (error) {
    return await newPage(services, request, refusalOf(form, error));
  }
}

async function newPage({ parts }: Services, request: Request, refusal?: Refusal): Promise<Answer> {
  const mayHave = await mayCreate(parts, request.caller);
  return page(request, {
    title: "Create an org",
    status: statusAfter(refusal),
    body: html`<div class="narrow">
      <h1>Create an org</h1>
      ${refusalAlert(refusal)}
      ${
        mayHave
          ? nameForm(typed(refusal, {}, "name"), parts.config.namespaces.create === "github")
          : html`<p>Only operators of this registry make orgs. Ask one of them.</p>`
      }
      <p class="after-form"><a href="/account">Your account</a></p>
    </div>`,
  });
}

function nameForm(name: string, byGithub: boolean): Html {
  return html`<p>A namespace that people run together. You are its first owner.</p>
    <form method="post" class="panel">
      ${requiredField({
        id: "name",
        label: "Name",
        value: name,
        autocomplete: "off",
        max: 64,
        help: html`Lower-case letters, digits and hyphens, at most 64. Skills are called @name/….
        ${byGithub ? "It is the name of a GitHub organization that you run." : null}`,
      })}
      <button class="button button-primary" type="submit">Create the org</button>
    </form>`;
}
