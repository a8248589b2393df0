import { type Html, html } from "./html.ts";

/** A field that has to be filled in, with its label; `id` is its name in the form, too. */
interface Field {
  id: string;
  label: string | Html;
  value?: string;
  type?: "text" | "password";
  autocomplete: "username" | "current-password" | "new-password" | "off";
  /** Characters. */
  max: number;
  /** What stands below it. */
  help?: string | Html;
}

export function requiredField({ id, label, value, type = "text", autocomplete, max, help }: Field): Html {
  const isHelped = help !== undefined;
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <input
      class="input"
      id="${id}"
      name="${id}"
      type="${type}"
      ${value === undefined ? null : html`value="${value}"`}
      autocomplete="${autocomplete}"
      autocapitalize="none"
      spellcheck="false"
      maxlength="${max}"
      ${isHelped ? html`aria-describedby="${id}-help"` : null}
      required
    />
    ${isHelped ? html`<p class="muted help" id="${id}-help">${help}</p>` : null}
  </div>`;
}

/** Name and password of an account that is to be made. */
export function newAccountFields(label: string, name: string): { name: Html; password: Html } {
  return {
    name: requiredField({
      id: "name",
      label,
      value: name,
      autocomplete: "username",
      max: 64,
      help: "Lower-case letters, digits and hyphens. You publish under this name.",
    }),
    password: requiredField({
      id: "password",
      label: "Password",
      type: "password",
      autocomplete: "new-password",
      max: 256,
      help: "At least 8 characters.",
    }),
  };
}
