import {
  type GroupRolesAnswer,
  groupRolesAnswer,
  type MembersAnswer,
  membersAnswer,
} from "@skills-registry/schema";
import { z } from "zod";
import { removeGroupRole, setGroupRole } from "../../registry/namespaces/group-roles.ts";
import { removeMember, setMember } from "../../registry/namespaces/members.ts";
import type { Parts } from "../../registry/parts.ts";
import { ROLES } from "../../store/identity.ts";
import type { Answer } from "../answer.ts";
import { parseBody } from "../npm/documents.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { documentOf, NO_QUERY, operationOnNamespace } from "./operation.ts";
import { document } from "./document.ts";

const memberBody = z.strictObject({ role: z.enum(ROLES) });
const groupBody = z.strictObject({
  provider: z.string().min(1).max(64),
  group: z.string().min(1).max(256),
  role: z.enum(ROLES).nullable(),
});

const members = documentOf(membersAnswer, "The members.");
const groups = documentOf(groupRolesAnswer, "The groups.");

interface Asked {
  namespace: string;
}

export const memberOperations = [
  operationOnNamespace({
    id: "listMembers",
    method: "GET",
    path: "/api/namespaces/:namespace/members",
    summary: "Members of a namespace, for its members.",
    needs: "belong",
    query: NO_QUERY,
    answers: [members],
    handle: async ({ parts }, _request, { namespace }) => await answerMembers(parts, namespace),
  }),
  operationOnNamespace({
    id: "setMember",
    method: "PUT",
    path: "/api/namespaces/:namespace/members/:account",
    summary: "Gives an account a role in an org, as npm org set does.",
    needs: "govern",
    query: NO_QUERY,
    body: { types: ["application/json"], description: "`{ role }`: `owner`, `maintainer` or `member`" },
    answers: [members],
    errors: ["EBADBODY", "ELASTOWNER"],
    handle: putMember,
  }),
  operationOnNamespace({
    id: "removeMember",
    method: "DELETE",
    path: "/api/namespaces/:namespace/members/:account",
    summary: "Takes an account out of an org and its teams, as npm org rm does.",
    needs: "govern",
    query: NO_QUERY,
    answers: [members],
    errors: ["ELASTOWNER"],
    handle: deleteMember,
  }),
  operationOnNamespace({
    id: "listGroupRoles",
    method: "GET",
    path: "/api/namespaces/:namespace/groups",
    summary: "Groups of identity providers that have a role in a namespace, for its members.",
    needs: "belong",
    query: NO_QUERY,
    answers: [groups],
    handle: async ({ parts }, _request, { namespace }) => await answerGroups(parts, namespace),
  }),
  operationOnNamespace({
    id: "setGroupRole",
    method: "PUT",
    path: "/api/namespaces/:namespace/groups",
    summary: "Gives everybody in a group a role in an org, or ends it.",
    needs: "govern",
    query: NO_QUERY,
    body: {
      types: ["application/json"],
      description: "`{ provider, group, role }`; `role` is `null` to end it",
    },
    answers: [groups],
    errors: ["EBADBODY", "EPROVIDER"],
    handle: putGroup,
  }),
];

async function putMember({ parts }: Services, request: Request, { namespace }: Asked): Promise<Answer> {
  const { role } = parseBody(memberBody, request.body);
  await setMember(parts, request.caller, { namespace, account: accountIn(request), role });
  return await answerMembers(parts, namespace);
}

async function deleteMember({ parts }: Services, request: Request, { namespace }: Asked): Promise<Answer> {
  await removeMember(parts, request.caller, { namespace, account: accountIn(request) });
  return await answerMembers(parts, namespace);
}

function accountIn({ params }: Request): string {
  return params["account"] ?? "";
}

async function answerMembers({ metadata }: Pick<Parts, "metadata">, namespace: string): Promise<Answer> {
  const answer: MembersAnswer = { members: await metadata.members(namespace) };
  return document(answer);
}

async function putGroup({ parts }: Services, request: Request, { namespace }: Asked): Promise<Answer> {
  const { provider, group, role } = parseBody(groupBody, request.body);
  const named = { namespace, provider, group };
  if (role === null) await removeGroupRole(parts, request.caller, named);
  else await setGroupRole(parts, request.caller, { ...named, role });
  return await answerGroups(parts, namespace);
}

async function answerGroups({ metadata }: Pick<Parts, "metadata">, namespace: string): Promise<Answer> {
  const roles = await metadata.groupRoles(namespace);
  const answer: GroupRolesAnswer = {
    groups: roles.map(({ provider, group, role }) => ({ provider, group: group.name, role })),
  };
  return document(answer);
}
