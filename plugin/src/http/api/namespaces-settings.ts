import {
  type NamespacesAnswer,
  namespacesAnswer,
  type NamespaceSettingsAnswer,
  namespaceSettingsAnswer,
  SkillsError,
} from "@skills-registry/schema";
import { z } from "zod";
import { requireAccount } from "../../registry/caller.ts";
import { createNamespace } from "../../registry/namespaces/create.ts";
import { setDefaultVisibility } from "../../registry/namespaces/settings.ts";
import { type Namespace, VISIBILITIES } from "../../store/identity.ts";
import { type Answer, json } from "../answer.ts";
import { parseBody } from "../npm/documents.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { documentOf, NO_QUERY, operation, operationOnNamespace } from "./operation.ts";
import { document } from "./document.ts";

const createBody = z.strictObject({ name: z.string().min(1).max(128) });
const settingsBody = z.strictObject({ visibility: z.enum(VISIBILITIES).nullable() });

const path = "/api/namespaces/:namespace/settings";

export const settingsOperations = [
  operation({
    id: "listNamespaces",
    method: "GET",
    path: "/api/namespaces",
    summary: "The caller's namespaces, with their role in each.",
    needs: "account",
    query: NO_QUERY,
    answers: [documentOf(namespacesAnswer, "The namespaces.")],
    handle: listNamespaces,
  }),
  operation({
    id: "createNamespace",
    method: "POST",
    path: "/api/namespaces",
    summary: "Makes an org, which the caller owns.",
    needs: "manage",
    query: NO_QUERY,
    body: { types: ["application/json"], description: "`{ name }`" },
    answers: [
      {
        status: 201,
        description: "The org.",
        types: ["application/json"],
        schema: namespaceSettingsAnswer,
      },
    ],
    errors: ["EBADBODY", "EBADNAME", "ENAMETAKEN", "EPROVIDER"],
    handle: postNamespace,
  }),
  operationOnNamespace({
    id: "getNamespaceSettings",
    method: "GET",
    path,
    summary: "Settings of a namespace, for its members.",
    needs: "belong",
    query: NO_QUERY,
    answers: [documentOf(namespaceSettingsAnswer, "The settings.")],
    handle: async ({ parts }, _request, { namespace }) =>
      document(settingsOf(await parts.metadata.namespace(namespace), namespace)),
  }),
  operationOnNamespace({
    id: "changeNamespaceSettings",
    method: "PUT",
    path,
    summary: "Sets who sees new skills of a namespace.",
    needs: "govern",
    query: NO_QUERY,
    body: { types: ["application/json"], description: "`{ visibility }`: `public`, `restricted` or `null`" },
    answers: [documentOf(namespaceSettingsAnswer, "The settings.")],
    errors: ["EBADBODY"],
    handle: putSettings,
  }),
];

async function listNamespaces({ parts }: Services, request: Request): Promise<Answer> {
  const memberships = await parts.metadata.memberships(requireAccount(request.caller).id);
  const answer: NamespacesAnswer = {
    namespaces: memberships.map(({ namespace, kind, role }) => ({ name: namespace, kind, role })),
  };
  return document(answer);
}

async function postNamespace({ parts }: Services, request: Request): Promise<Answer> {
  const { name } = parseBody(createBody, request.body);
  return json(201, settingsOf(await createNamespace(parts, request.caller, name), name));
}

async function putSettings(
  { parts }: Services,
  request: Request,
  { namespace }: { namespace: string },
): Promise<Answer> {
  const { visibility } = parseBody(settingsBody, request.body);
  await setDefaultVisibility(parts, request.caller, { namespace, visibility });
  return document(settingsOf(await parts.metadata.namespace(namespace), namespace));
}

/** Throws ENOTFOUND for a namespace that went away between the authorisation and here. */
function settingsOf(found: Namespace | undefined, name: string): NamespaceSettingsAnswer {
  if (found === undefined) throw new SkillsError("ENOTFOUND", `there is no namespace @${name}`);
  const { kind, visibility, createdAt } = found;
  return { name: found.name, kind, visibility, createdAt };
}
