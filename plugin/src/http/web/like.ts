import { z } from "zod";
import { setLike } from "../../registry/likes.ts";
import type { Answer } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { readForm } from "./forms.ts";
import { skillUrl } from "./urls.ts";

const fields = z.object({ liked: z.enum(["yes", "no"]) });

/** `POST /skills/:namespace/:skill/like` */
export async function likeSkill(services: Services, request: PackageRequest): Promise<Answer> {
  const { liked } = await readForm(request, fields);
  await setLike(services.parts, request.caller, { name: request.name, liked: liked === "yes" });
  return await backToSkill(services, request);
}

/** `GET …/like`, where a login leads that a form was sent without. */
export async function backToSkill(_services: Services, request: PackageRequest): Promise<Answer> {
  return { status: 303, headers: { location: skillUrl(request.name.full) }, body: { kind: "none" } };
}
