import { SkillsError } from "@skills-registry/schema";
import { type Answer, bytes } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { mayScrape } from "./scrapers.ts";

/** `GET /-/metrics`, in the text format of Prometheus. Whoever may not read it finds nothing there. */
export async function metrics({ observer, scrapers }: Services, request: Request): Promise<Answer> {
  if (!mayScrape(scrapers, request)) {
    throw new SkillsError("ENOTFOUND", "there is nothing at this address");
  }
  const { contentType, text } = await observer.metrics.text();
  return bytes(200, Buffer.from(text), { "content-type": contentType, "cache-control": "no-store" });
}
