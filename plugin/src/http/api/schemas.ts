import {
  auditAnswer,
  auditEntrySchema,
  diffAnswer,
  downloadsAnswer,
  facetsSchema,
  fileChangeSchema,
  filesAnswer,
  fileSchema,
  forkedFromSchema,
  groupRolesAnswer,
  importedFromSchema,
  issueSchema,
  likeAnswer,
  markedSchema,
  membersAnswer,
  moveAnswer,
  namespaceAnswer,
  namespacesAnswer,
  namespaceSettingsAnswer,
  problemAnswer,
  provenanceSchema,
  newAbilitiesSchema,
  newAbilitySchema,
  publishAnswer,
  renameAnswer,
  revisionsAnswer,
  searchAnswer,
  searchHitSchema,
  skillAnswer,
  statsAnswer,
  transferAnswer,
  trustsAnswer,
  trustSchema,
  versionAnswer,
  versionSummarySchema,
} from "@skills-registry/schema";
import { z } from "zod";

/** Schemas by the names that the OpenAPI document gives them, and generated clients their types. */
const SCHEMAS: Record<string, z.ZodType> = {
  Search: searchAnswer,
  SearchHit: searchHitSchema,
  MarkedText: markedSchema,
  Facets: facetsSchema,
  Skill: skillAnswer,
  Version: versionAnswer,
  VersionSummary: versionSummarySchema,
  Provenance: provenanceSchema,
  ImportedFrom: importedFromSchema,
  ForkedFrom: forkedFromSchema,
  Files: filesAnswer,
  File: fileSchema,
  Diff: diffAnswer,
  FileChange: fileChangeSchema,
  NewAbilities: newAbilitiesSchema,
  NewAbility: newAbilitySchema,
  Publish: publishAnswer,
  Downloads: downloadsAnswer,
  Like: likeAnswer,
  Namespace: namespaceAnswer,
  Revisions: revisionsAnswer,
  Namespaces: namespacesAnswer,
  NamespaceSettings: namespaceSettingsAnswer,
  Members: membersAnswer,
  GroupRoles: groupRolesAnswer,
  Rename: renameAnswer,
  Transfer: transferAnswer,
  Move: moveAnswer,
  Trust: trustSchema,
  Trusts: trustsAnswer,
  Stats: statsAnswer,
  Audit: auditAnswer,
  AuditEntry: auditEntrySchema,
  Issue: issueSchema,
  Problem: problemAnswer,
};

type JsonSchema = Record<string, unknown>;

/** Address of a schema inside the OpenAPI document. */
function schemaAddress(name: string): string {
  return `#/components/schemas/${name}`;
}

/** Throws for a schema without a name, which is a mistake of ours. */
export function schemaName(schema: z.ZodType): string {
  const name = Object.keys(SCHEMAS).find((candidate) => SCHEMAS[candidate] === schema);
  if (name === undefined) throw new TypeError("the schema of an answer has no name in schemas.ts");
  return name;
}

export function schemaReference(schema: z.ZodType): JsonSchema {
  return { $ref: schemaAddress(schemaName(schema)) };
}

/** `components.schemas`. Answers may get more fields: clients have to leave room for them. */
export function schemaComponents(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: "input", uri: schemaAddress });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutAddress(schema)]));
}

/** The schema of one parameter of a query. */
export function parameterSchema(schema: z.core.$ZodType): JsonSchema {
  return withoutAddress(z.toJSONSchema(schema, { io: "output" }));
}

/** The document says once which dialect it is in, and its components have their address by where they stand. */
function withoutAddress({ $schema: _schema, $id: _id, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
