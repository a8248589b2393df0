import { diffOperation } from "./diff.ts";
import { downloadOperations } from "./downloads.ts";
import { fileOperation, filesOperation } from "./files.ts";
import { likeOperations } from "./likes.ts";
import { namespaceOperation } from "./namespace.ts";
import { openApiOperation } from "./openapi.ts";
import type { Operation } from "./operation.ts";
import { searchOperation } from "./search.ts";
import { readSkillOperation, readVersionOperation } from "./skill.ts";
import { statsOperation } from "./stats.ts";
import { uploadOperation } from "./upload.ts";

/**
 * All of the REST API. Of two that fit an address the first answers: `downloads` and `like` stand before `:version`,
 * where a dist-tag of the same name cannot be asked for.
 */
export const operations: Operation[] = [
  searchOperation,
  readSkillOperation,
  uploadOperation,
  ...downloadOperations,
  ...likeOperations,
  readVersionOperation,
  filesOperation,
  fileOperation,
  diffOperation,
  namespaceOperation,
  statsOperation,
  openApiOperation(() => operations),
];
