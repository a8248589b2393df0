import { z } from "zod";

const count = z.number().int().min(0);

/** `GET /api/stats` */
export const statsAnswer = z.object({
  skills: count,
  versions: count,
  namespaces: count,
  likes: count,
  downloads: z.object({
    total: count.describe("Since the registry began."),
    days: z.array(z.object({ day: z.iso.date(), count })).describe("The last 30 days."),
  }),
});
export type StatsAnswer = z.infer<typeof statsAnswer>;
