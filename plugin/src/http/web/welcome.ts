import { type Answer, bytes } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";

/** `GET /` without a browser, as by curl. */
export async function welcome(_services: Services, request: Request): Promise<Answer> {
  const text = [
    "This is a skills registry.",
    "",
    `  npm config set registry ${request.baseUrl}/`,
    "  npm login",
    "  npm publish",
    "",
  ].join("\n");
  return bytes(200, Buffer.from(text), { "content-type": "text/plain; charset=utf-8" });
}
