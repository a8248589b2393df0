/** JSON Schemas in words, as far as our own go. */

type JsonSchema = Record<string, unknown>;

/** Name, kind of value and meaning of every field of an object; a question mark after those that may be missing. */
export function fieldsOf(schema: JsonSchema): string[][] {
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(record(schema["properties"])).map(([name, value]) => {
    const field = record(value);
    return [required.includes(name) ? name : `${name}?`, typeOf(field), text(field["description"])];
  });
}

/** `text`, `whole number, 1 to 100, else 20`, `list of SearchHit`. */
export function typeOf(schema: JsonSchema): string {
  const bounds = [
    boundsOf(schema),
    schema["default"] === undefined ? "" : `else ${JSON.stringify(schema["default"])}`,
  ];
  return [kindOf(schema), ...bounds].filter((part) => part !== "").join(", ");
}

function kindOf(schema: JsonSchema): string {
  const { $ref, anyOf, type, const: constant } = schema;
  if (typeof $ref === "string") return $ref.split("/").at(-1) ?? "";
  if (Array.isArray(anyOf)) return anyOf.map((option) => typeOf(record(option))).join(" or ");
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(schema["enum"])) return schema["enum"].map((value) => JSON.stringify(value)).join(" or ");
  if (Array.isArray(type)) return type.map((kind) => kindOf({ ...schema, type: text(kind) })).join(" or ");
  if (type === "array") return listOf(schema);
  if (type === "object") return objectOf(schema);
  return KINDS[text(type)] ?? "anything";
}

const KINDS: Record<string, string> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  null: "null",
};

function listOf({ items, prefixItems }: JsonSchema): string {
  if (Array.isArray(prefixItems)) return `[${prefixItems.map((item) => typeOf(record(item))).join(", ")}]`;
  return `list of ${typeOf(record(items))}`;
}

function objectOf(schema: JsonSchema): string {
  const fields = fieldsOf(schema).map(([name, type]) => `${name}: ${type}`);
  return fields.length === 0 ? "object" : `{ ${fields.join(", ")} }`;
}

/** Bounds that zod adds to every whole number say nothing. */
function boundsOf({ minimum, maximum }: JsonSchema): string {
  const isBound = (value: unknown): value is number =>
    typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  if (isBound(minimum) && isBound(maximum)) return `${minimum} to ${maximum}`;
  return isBound(minimum) && minimum !== 0 ? `at least ${minimum}` : "";
}

function record(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
