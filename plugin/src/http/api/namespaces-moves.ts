import {
  isSkillName,
  type MoveAnswer,
  moveAnswer,
  type RenameAnswer,
  renameAnswer,
  type TransferAnswer,
  transferAnswer,
} from "@skills-registry/schema";
import { z } from "zod";
import { moveSkill } from "../../registry/namespaces/move.ts";
import { renameNamespace } from "../../registry/namespaces/rename.ts";
import { transferNamespace } from "../../registry/namespaces/transfer.ts";
import { type Answer, json } from "../answer.ts";
import { parseBody } from "../npm/documents.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { documentOf, NO_QUERY, operationOnNamespace } from "./operation.ts";

/** People write namespaces as npm does. */
const namespaceName = z
  .string()
  .min(1)
  .max(128)
  .transform((name) => name.replace(/^@/, ""));

const renameBody = z.strictObject({ to: namespaceName });
const transferBody = z.strictObject({ to: z.string().min(1).max(128) });
const moveBody = z.strictObject({
  skill: z.string().refine(isSkillName, "is not the name of a skill in its namespace"),
  to: namespaceName,
});

interface Asked {
  namespace: string;
}

export const moveOperations = [
  operationOnNamespace({
    id: "renameNamespace",
    method: "POST",
    path: "/api/namespaces/:namespace/rename",
    summary: "Gives an org another name; readers of its skills are sent on from the old ones.",
    needs: "govern",
    query: NO_QUERY,
    body: { types: ["application/json"], description: "`{ to }`: the other name" },
    answers: [documentOf(renameAnswer, "The name, and those of the skills.")],
    errors: ["EBADBODY", "EBADNAME", "ENAMETAKEN", "ESKILLMOVED", "EPROVIDER"],
    handle: postRename,
  }),
  operationOnNamespace({
    id: "transferNamespace",
    method: "POST",
    path: "/api/namespaces/:namespace/transfer",
    summary: "Makes another account an owner of an org, and takes the caller out of it.",
    needs: "govern",
    query: NO_QUERY,
    body: { types: ["application/json"], description: "`{ to }`: name of the account" },
    answers: [documentOf(transferAnswer, "Whose it is.")],
    errors: ["EBADBODY"],
    handle: postTransfer,
  }),
  operationOnNamespace({
    id: "moveSkill",
    method: "POST",
    path: "/api/namespaces/:namespace/move",
    summary: "Moves one skill to another namespace of the caller; readers are sent on from the old name.",
    needs: "govern",
    query: NO_QUERY,
    body: { types: ["application/json"], description: "`{ skill, to }`: its name, and the other namespace" },
    answers: [documentOf(moveAnswer, "The name that it has.")],
    errors: ["EBADBODY", "EBADNAME", "ENAMETAKEN"],
    handle: postMove,
  }),
];

async function postRename({ parts }: Services, request: Request, { namespace }: Asked): Promise<Answer> {
  const { to } = parseBody(renameBody, request.body);
  const skills = await renameNamespace(parts, request.caller, { namespace, to });
  const answer: RenameAnswer = { name: to, skills };
  return json(200, answer);
}

async function postTransfer({ parts }: Services, request: Request, { namespace }: Asked): Promise<Answer> {
  const { to } = parseBody(transferBody, request.body);
  await transferNamespace(parts, request.caller, { namespace, to });
  const answer: TransferAnswer = { name: namespace, owner: to };
  return json(200, answer);
}

async function postMove({ parts }: Services, request: Request, { namespace }: Asked): Promise<Answer> {
  const { skill, to } = parseBody(moveBody, request.body);
  const answer: MoveAnswer = { name: await moveSkill(parts, request.caller, { namespace, skill, to }) };
  return json(200, answer);
}
