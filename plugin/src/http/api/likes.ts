import { type LikeAnswer, likeAnswer } from "@skills-registry/schema";
import { setLike } from "../../registry/likes.ts";
import { type Answer, json } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { documentOf, NO_QUERY, skillOperation } from "./operation.ts";

const path = "/api/skills/:namespace/:skill/like";
const answers = [documentOf(likeAnswer, "How many like the skill now.")];

export const likeOperations = [
  skillOperation({
    id: "likeSkill",
    method: "PUT",
    path,
    summary: "Likes a skill, as npm star does. An account has one like for each skill.",
    needs: "star",
    query: NO_QUERY,
    answers,
    handle: async (services, request) => await answerLike(services, request, true),
  }),
  skillOperation({
    id: "unlikeSkill",
    method: "DELETE",
    path,
    summary: "Takes the like back, as npm unstar does.",
    needs: "star",
    query: NO_QUERY,
    answers,
    handle: async (services, request) => await answerLike(services, request, false),
  }),
];

async function answerLike(
  { parts }: Services,
  { caller, name }: PackageRequest,
  liked: boolean,
): Promise<Answer> {
  const { likes } = await setLike(parts, caller, { name, liked });
  const answer: LikeAnswer = { likes, liked };
  return json(200, answer);
}
