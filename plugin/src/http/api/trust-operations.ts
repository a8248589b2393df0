import {
  trustBody,
  type TrustAnswer,
  type TrustsAnswer,
  trustSchema,
  trustsAnswer,
} from "@skills-registry/schema";
import { addTrust, listTrusts, removeTrust } from "../../registry/trust/trusts.ts";
import type { Trust } from "../../store/identity.ts";
import { type Answer, json } from "../answer.ts";
import { parseBody } from "../npm/documents.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { document } from "./document.ts";
import { documentOf, NO_QUERY, type Operation, operationOnNamespace, skillOperation } from "./operation.ts";

const OF_SKILL = "/api/skills/:namespace/:skill/trust";
const OF_NAMESPACE = "/api/namespaces/:namespace/trust";

const reading = {
  method: "GET" as const,
  query: NO_QUERY,
  answers: [documentOf(trustsAnswer, "Who is trusted.")],
};
const adding = {
  method: "POST" as const,
  query: NO_QUERY,
  body: {
    types: ["application/json"],
    description:
      "`issuer`, and for GitHub and GitLab `repository` or `repositoryId`, `workflow`, and where wanted `environment` and `ref`. " +
      "`claims` for others. The repository is looked up, and known by its number from then on.",
  },
  answers: [{ status: 201, description: "The trust.", types: ["application/json"], schema: trustSchema }],
  errors: ["EBADBODY" as const, "EPROVIDER" as const],
};
const removing = {
  method: "DELETE" as const,
  query: NO_QUERY,
  answers: [{ status: 204, description: "It is gone, and so are the tokens it gave.", types: [] }],
};

/** Trusted publishing: whose runs of CI may publish a skill, or all of a namespace. */
export const trustOperations: Operation[] = [
  skillOperation({
    ...reading,
    id: "listSkillTrusts",
    path: OF_SKILL,
    summary: "Runs of CI that may publish the skill. Those of its namespace are not among them.",
    needs: "administer",
    handle: async (services, { name }) => await answerList(services, name.full),
  }),
  skillOperation({
    ...adding,
    id: "addSkillTrust",
    path: OF_SKILL,
    summary: "Trusts runs of CI to publish the skill, which may not be there yet.",
    needs: "administer",
    handle: async (services, request) => await answerAdd(services, request, request.name.full),
  }),
  skillOperation({
    ...removing,
    id: "removeSkillTrust",
    path: `${OF_SKILL}/:trust`,
    summary: "Trusts them no more.",
    needs: "administer",
    handle: async (services, request) => await answerRemove(services, request, request.name.full),
  }),
  operationOnNamespace({
    ...reading,
    id: "listNamespaceTrusts",
    path: OF_NAMESPACE,
    summary: "Runs of CI that may publish every skill of the namespace.",
    needs: "govern",
    handle: async (services, _request, { namespace }) => await answerList(services, `@${namespace}`),
  }),
  operationOnNamespace({
    ...adding,
    id: "addNamespaceTrust",
    path: OF_NAMESPACE,
    summary: "Trusts runs of CI to publish every skill of the namespace, and new ones.",
    needs: "govern",
    handle: async (services, request, { namespace }) => await answerAdd(services, request, `@${namespace}`),
  }),
  operationOnNamespace({
    ...removing,
    id: "removeNamespaceTrust",
    path: `${OF_NAMESPACE}/:trust`,
    summary: "Trusts them no more.",
    needs: "govern",
    handle: async (services, request, { namespace }) =>
      await answerRemove(services, request, `@${namespace}`),
  }),
];

async function answerList({ parts }: Services, subject: string): Promise<Answer> {
  const trusts = await listTrusts(parts, subject);
  const answer: TrustsAnswer = { trusts: trusts.map(toAnswer) };
  return document(answer);
}

async function answerAdd({ parts }: Services, { caller, body }: Request, subject: string): Promise<Answer> {
  const wish = parseBody(trustBody, body);
  return json(201, toAnswer(await addTrust(parts, caller, { subject, wish })));
}

async function answerRemove(
  { parts }: Services,
  { caller, params }: Request,
  subject: string,
): Promise<Answer> {
  await removeTrust(parts, caller, { subject, id: params["trust"] ?? "" });
  return { status: 204, headers: {}, body: { kind: "none" } };
}

function toAnswer({ id, subject, issuer, claims, createdBy, createdAt }: Trust): TrustAnswer {
  return { id, subject, issuer, claims, createdBy, createdAt };
}
