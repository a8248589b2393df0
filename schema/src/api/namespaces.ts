import { z } from "zod";

/** From the most to the least: runs the namespace, publishes to it, reads its restricted skills. */
export const NAMESPACE_ROLES = ["owner", "maintainer", "member"] as const;
const role = z.enum(NAMESPACE_ROLES);

export const SKILL_VISIBILITIES = ["public", "restricted"] as const;

/** `GET /api/namespaces` */
export const namespacesAnswer = z.object({
  namespaces: z
    .array(z.object({ name: z.string(), kind: z.enum(["personal", "org"]), role }))
    .describe("Those in which the caller has a role of their own, by name; roles by groups are left out."),
});
export type NamespacesAnswer = z.infer<typeof namespacesAnswer>;

/** `GET /api/namespaces/{namespace}/revisions` */
export const revisionsAnswer = z.object({
  skills: z.array(
    z.object({
      name: z.string(),
      rev: z.string().describe("Another one after every change of the skill."),
      visibility: z.enum(SKILL_VISIBILITIES),
    }),
  ),
  state: z.string().describe("Another one after every change of the list, on whichever page."),
  next: z.string().nullable().describe("Cursor of the next page; null on the last one."),
});
export type RevisionsAnswer = z.infer<typeof revisionsAnswer>;

/** `POST /api/namespaces`, `GET` and `PUT /api/namespaces/{namespace}/settings` */
export const namespaceSettingsAnswer = z.object({
  name: z.string(),
  kind: z.enum(["personal", "org"]),
  visibility: z
    .enum(SKILL_VISIBILITIES)
    .nullable()
    .describe("Of new skills; null leaves it to the registry's configuration."),
  createdAt: z.iso.datetime(),
});
export type NamespaceSettingsAnswer = z.infer<typeof namespaceSettingsAnswer>;

/** `GET /api/namespaces/{namespace}/members`, and what changes them */
export const membersAnswer = z.object({
  members: z.array(z.object({ account: z.string(), role })).describe("By name of account."),
});
export type MembersAnswer = z.infer<typeof membersAnswer>;

/** `GET` and `PUT /api/namespaces/{namespace}/groups` */
export const groupRolesAnswer = z.object({
  groups: z
    .array(
      z.object({
        provider: z.string().describe("Id of an identity provider of the registry."),
        group: z.string().describe("Its name when it got the role."),
        role,
      }),
    )
    .describe("Everybody in the group has the role."),
});
export type GroupRolesAnswer = z.infer<typeof groupRolesAnswer>;

/** `POST /api/namespaces/{namespace}/rename` */
export const renameAnswer = z.object({
  name: z.string(),
  skills: z.array(z.string()).describe("Names that the skills have from here on."),
});
export type RenameAnswer = z.infer<typeof renameAnswer>;

/** `POST /api/namespaces/{namespace}/transfer` */
export const transferAnswer = z.object({ name: z.string(), owner: z.string() });
export type TransferAnswer = z.infer<typeof transferAnswer>;

/** `POST /api/namespaces/{namespace}/move` */
export const moveAnswer = z.object({ name: z.string().describe("Name that the skill has from here on.") });
export type MoveAnswer = z.infer<typeof moveAnswer>;
