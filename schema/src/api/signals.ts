import { z } from "zod";

const count = z.number().int().min(0);

/** `GET /api/skills/{namespace}/{skill}/downloads` */
export const downloadsAnswer = z.object({
  range: z
    .object({ from: z.iso.date(), to: z.iso.date() })
    .describe("First and last day, both included, in UTC."),
  total: count,
  days: z.array(z.object({ day: z.iso.date(), count })).describe("Every day of the range, in order."),
  versions: z
    .array(z.object({ version: z.string(), count }))
    .describe("Most downloaded first; versions that nobody downloaded are left out."),
  installs: count.describe("Installs that their users chose to report."),
});
export type DownloadsAnswer = z.infer<typeof downloadsAnswer>;

/** `PUT` and `DELETE /api/skills/{namespace}/{skill}/like` */
export const likeAnswer = z.object({
  likes: count.describe("Accounts that like the skill."),
  liked: z.boolean().describe("By the caller."),
});
export type LikeAnswer = z.infer<typeof likeAnswer>;
