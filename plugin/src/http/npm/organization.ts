import { z } from "zod";
import { removeMember, setMember } from "../../registry/namespaces/members.ts";
import { ROLES, type Role } from "../../store/identity.ts";
import { type Answer, json } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { parseBody } from "./documents.ts";

/** `npm org`: who has which role in a namespace. */

/** npm's word for each role: it knows nobody who only reads, so its `developer` stands for that. */
const NPM_ROLES = { owner: "owner", maintainer: "admin", member: "developer" } as const satisfies Record<
  Role,
  string
>;

const name = z.string().min(1).max(128);

const memberBody = z.object({
  user: name,
  /** npm's words, or ours. */
  role: z
    .enum([...ROLES, "admin", "developer"])
    .nullish()
    .transform((word) => toRole(word ?? "developer")),
});

/** Also of `npm team add` and `npm team rm`. */
export const userBody = z.object({ user: name });

function toRole(word: Role | "admin" | "developer"): Role {
  if (word === "admin") return "maintainer";
  return word === "developer" ? "member" : word;
}

/** The org of an address. People write it as they see it, with its `@`. */
export function orgIn({ params }: Request): string {
  return (params["org"] ?? "").replace(/^@/, "");
}

/** `GET /-/org/:org/user` */
export async function listMembers({ parts }: Services, request: Request): Promise<Answer> {
  const members = await parts.metadata.members(orgIn(request));
  return json(200, Object.fromEntries(members.map(({ account, role }) => [account, NPM_ROLES[role]])));
}

/** `PUT /-/org/:org/user` */
export async function putMember({ parts }: Services, request: Request): Promise<Answer> {
  const { user, role } = parseBody(memberBody, request.body);
  const namespace = orgIn(request);
  const size = await setMember(parts, request.caller, { namespace, account: user, role });
  return json(200, { org: { name: namespace, size }, user, role: NPM_ROLES[role] });
}

/** `DELETE /-/org/:org/user` */
export async function deleteMember({ parts }: Services, request: Request): Promise<Answer> {
  const { user } = parseBody(userBody, request.body);
  await removeMember(parts, request.caller, { namespace: orgIn(request), account: user });
  return json(200, { ok: true });
}
