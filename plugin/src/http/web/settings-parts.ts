import { ERROR_TABLE, SkillsError, statusOf } from "@skills-registry/schema";
import { notice } from "./components.ts";
import { sentence } from "./error-page.ts";
import { type Html, html } from "./html.ts";

/** Parts of the pages on which owners change something. Such a page is one address; its forms say by `act` what they change. */

/** A form that was refused, as it was sent. */
export interface Refusal {
  form: Readonly<Record<string, string>>;
  error: SkillsError;
}

/** What a page tells of a form that was refused. Throws on what is our own fault; a provider that is away stops only this form. */
export function refusalOf(form: Refusal["form"], thrown: unknown): Refusal {
  const isTold =
    thrown instanceof SkillsError && (statusOf(thrown.code) < 500 || thrown.code === "EPROVIDER");
  if (!isTold) throw thrown;
  return { form, error: thrown };
}

export function statusAfter(refusal: Refusal | undefined): number {
  return refusal === undefined ? 200 : statusOf(refusal.error.code);
}

/** At the top of the page: what is refused far below would else not be seen. */
export function refusalAlert(refusal: Refusal | undefined): Html | null {
  if (refusal === undefined) return null;
  const { message, hint } = refusal.error;
  // The usual advice about what is missing is to search skills: no help with people and teams.
  const advice = hint === ERROR_TABLE.ENOTFOUND.hint ? null : hint;
  return html`<div role="alert" class="refusal">
    ${notice("danger", html`<strong>Nothing was changed.</strong> ${sentence(message)} ${advice}`)}
  </div>`;
}

/** Whether the refused form is the one with these fields. */
export function isRefused(refusal: Refusal | undefined, fields: Record<string, string>): boolean {
  return Object.entries(fields).every(([name, value]) => refusal?.form[name] === value);
}

/** What was typed into a field of the form with these fields; empty unless that form was refused. */
export function typed(refusal: Refusal | undefined, fields: Record<string, string>, name: string): string {
  return isRefused(refusal, fields) ? (refusal?.form[name] ?? "") : "";
}

/** Fields of a form that nobody sees. */
export function hidden(fields: Record<string, string>): Html[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
}

/** A form that is a button alone. `label` says the same to those who do not see its place; it begins with the text. */
export function dangerButton(fields: Record<string, string>, { text, label }: Label): Html {
  return html`<form method="post">
    ${hidden(fields)}
    <button class="button button-danger" type="submit" aria-label="${label}">${text}</button>
  </form>`;
}

interface Label {
  text: string;
  label: string;
}

export interface TextField {
  id: string;
  name: string;
  label: string;
  value: string;
  placeholder?: string;
}

/** Names are typed as they are, and need no help of a browser. */
export function textField({ id, name, label, value, placeholder = "" }: TextField): Html {
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <input
      class="input"
      id="${id}"
      name="${name}"
      value="${value}"
      placeholder="${placeholder}"
      maxlength="256"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      required
    />
  </div>`;
}

export interface SelectField {
  id: string;
  name: string;
  label: string;
  chosen: string;
  /** Values, and what people read. */
  options: readonly (readonly [value: string, text: string])[];
}

export function selectField(field: SelectField): Html {
  return html`<div class="field">
    <label for="${field.id}">${field.label}</label>
    ${selection(field)}
  </div>`;
}

/** The control alone, for one that has its label elsewhere. */
export function selection({ id, name, chosen, options }: Omit<SelectField, "label">): Html {
  return html`<select id="${id}" name="${name}">
    ${options.map(
      ([value, text]) =>
        html`<option value="${value}" ${value === chosen ? html`selected` : null}>${text}</option>`,
    )}
  </select>`;
}
