import { z } from "zod";
import { changeOwner } from "../../registry/owners.ts";
import { removeTrust } from "../../registry/trust/trusts.ts";
import { setVisibility } from "../../registry/visibility.ts";
import { VISIBILITIES } from "../../store/identity.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";

/** Of names of accounts and ids; what is none, the domain refuses. */
const name = z.string().trim().max(256);
const account = name.transform((text) => text.replace(/^@/, ""));

/** The forms of a skill's settings, by `act`; the word before its hyphen names the section. */
export const skillForm = z.discriminatedUnion("act", [
  z.object({ act: z.literal("visibility"), visibility: z.enum(VISIBILITIES) }),
  z.object({ act: z.literal("owners-add"), account }),
  z.object({ act: z.literal("owners-remove"), account }),
  z.object({ act: z.literal("trust-remove"), id: name }),
]);

/** Does what a form asks for. Throws what the domain throws. */
export async function changeSkillAs(
  { parts }: Services,
  { caller, name }: PackageRequest,
  form: z.infer<typeof skillForm>,
): Promise<void> {
  switch (form.act) {
    case "visibility":
      return await setVisibility(parts, caller, { name, visibility: form.visibility });
    case "owners-add":
      return await changeOwner(parts, caller, { name, account: form.account, isOwner: true });
    case "owners-remove":
      return await changeOwner(parts, caller, { name, account: form.account, isOwner: false });
    case "trust-remove":
      return await removeTrust(parts, caller, { subject: name.full, id: form.id });
  }
}
