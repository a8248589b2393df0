import { diffOperation } from "./diff.ts";
import { downloadOperations } from "./downloads.ts";
import { fileOperation, filesOperation } from "./files.ts";
import { likeOperations } from "./likes.ts";
import { auditOperations } from "./audit-operations.ts";
import { namespaceOperation } from "./namespace.ts";
import { namespacesOperations } from "./namespaces-operations.ts";
import { trustOperations } from "./trust-operations.ts";
import { openApiOperation } from "./openapi.ts";
import type { Operation } from "./operation.ts";
import { revisionsOperation } from "./revisions.ts";
import { searchOperation } from "./search.ts";
import { readSkillOperation, readVersionOperation } from "./skill.ts";
import { statsOperation } from "./stats.ts";
import { uploadOperation } from "./upload.ts";

/**
 * All of the REST API. Of two that fit an address the first answers: `downloads`, `like` and `trust` stand before `:version`,
 * where a dist-tag of the same name cannot be asked for.
 */
export const operations: Operation[] = [
  searchOperation,
  readSkillOperation,
  uploadOperation,
  ...downloadOperations,
  ...likeOperations,
  ...trustOperations,
  readVersionOperation,
  filesOperation,
  fileOperation,
  diffOperation,
  namespaceOperation,
  revisionsOperation,
  ...namespacesOperations,
  ...auditOperations,
  statsOperation,
  openApiOperation(() => operations),
];
