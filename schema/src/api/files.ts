import { z } from "zod";

const count = z.number().int().min(0);

/** One file of a version. */
export const fileSchema = z.object({
  path: z.string(),
  size: count.describe("Bytes."),
  kind: z.enum(["text", "image", "binary"]),
  executable: z.boolean(),
});
export type FileAnswer = z.infer<typeof fileSchema>;

/** `GET /api/skills/{namespace}/{skill}/{version}/files` */
export const filesAnswer = z.object({
  name: z.string(),
  version: z.string(),
  files: z.array(fileSchema),
});
export type FilesAnswer = z.infer<typeof filesAnswer>;
