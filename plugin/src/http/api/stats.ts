import { type StatsAnswer, statsAnswer } from "@skills-registry/schema";
import { DOWNLOAD_DAYS, fillDays, lastDays } from "../../registry/days.ts";
import type { Answer } from "../answer.ts";
import type { Services } from "../services.ts";
import { document } from "./document.ts";
import { documentOf, NO_QUERY, operation } from "./operation.ts";

export const statsOperation = operation({
  id: "getStats",
  method: "GET",
  path: "/api/stats",
  summary: "How many skills there are, and how much they are used.",
  needs: "public",
  query: NO_QUERY,
  answers: [documentOf(statsAnswer, "The counts of the whole registry.")],
  handle: getStats,
});

/** Accounts and bytes are the operator's business. */
async function getStats({ parts, statistics }: Services): Promise<Answer> {
  const { packages, versions, namespaces, likes, downloads } = await statistics.counts();
  const range = lastDays(parts.now(), DOWNLOAD_DAYS);
  const answer: StatsAnswer = {
    skills: packages,
    versions,
    namespaces,
    likes,
    downloads: {
      total: downloads,
      days: fillDays(range, await parts.metadata.allDownloads(range)),
    },
  };
  return document(answer);
}
