import { describe, expect, it } from "vitest";
import { openApiDocument } from "../../plugin/src/http/api/openapi.ts";
import { operations } from "../../plugin/src/http/api/operations.ts";
import { apiRoutes } from "../../plugin/src/http/api/routes.ts";

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  schema: { type?: string; enum?: string[] };
  description: string;
}

interface OperationObject {
  operationId: string;
  summary: string;
  parameters: Parameter[];
  security: Record<string, string[]>[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}

interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

/** Reads that show what is the business of an account, or of the people of a namespace. */
const FOR_FEW = new Set([
  "listNamespaces",
  "getNamespaceSettings",
  "listMembers",
  "listGroupRoles",
  "listSkillTrusts",
  "listNamespaceTrusts",
  "listAudit",
]);

// As a client gets it: what JSON cannot say is gone.
const document: OpenApi = JSON.parse(
  JSON.stringify(openApiDocument(operations, "https://skills.example.com")),
);

const described = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation, id: operation.operationId })),
);

/** Every value under a key, anywhere. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => [
    ...(name === key ? [child] : []),
    ...valuesOf(key, child),
  ]);
}

/** What a `#/…` reference points at. */
function resolve(reference: unknown): unknown {
  const parts = String(reference).replace(/^#\//, "").split("/");
  return parts.reduce<unknown>((value, part) => {
    return typeof value === "object" && value !== null
      ? Object.entries(value).find(([key]) => key === part)?.[1]
      : undefined;
  }, document);
}

describe("the OpenAPI document", () => {
  it("is 3.1, has a title, a version and the address of the registry", () => {
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\.\d+$/),
      info: { title: expect.any(String), version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
      servers: [{ url: "https://skills.example.com" }],
    });
  });

  it("describes every route of the API, and no other", () => {
    const served = apiRoutes
      .filter((route) => route.door === "api")
      .map(({ method, path }) => `${method} ${path.replaceAll(/[:*](\w+)/g, "{$1}")}`);
    expect(described.map(({ method, path }) => `${method.toUpperCase()} ${path}`).toSorted()).toEqual(
      served.toSorted(),
    );
  });

  it("leaves the addresses of other clients' protocols free", () => {
    expect(Object.keys(document.paths).filter((path) => /^\/api\/(v1|search)(\/|$)/.test(path))).toEqual([]);
  });

  it("has references that lead somewhere", () => {
    const references = valuesOf("$ref", document);
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((reference) => resolve(reference) === undefined)).toEqual([]);
  });

  it("names every schema of an answer, and uses every one it names", () => {
    const used = new Set(
      valuesOf("$ref", document).map((reference) => String(reference).replace(/^.*\//, "")),
    );
    expect([...used].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
  });

  it("has an id of its own for every operation", () => {
    const ids = described.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(id))).toEqual([]);
  });

  it.each(described)("declares the parameters of $id", ({ path, operation }) => {
    const inPath = operation.parameters.filter((parameter) => parameter.in === "path");
    const parts = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
    expect(inPath.map(({ name }) => name)).toEqual(parts);
    for (const parameter of operation.parameters) {
      expect(parameter.required).toBe(parameter.in === "path");
      expect(parameter.description).not.toBe("");
      expect(parameter.schema.type).toBeDefined();
    }
    const names = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(described)("says what $id answers, and how it refuses", ({ operation }) => {
    const { responses } = operation;
    expect(Object.keys(responses).some((status) => status.startsWith("2"))).toBe(true);
    for (const [status, response] of Object.entries(responses)) {
      expect(status).toMatch(/^[1-5]\d\d$/);
      expect(response.description).not.toBe("");
      if (Number(status) < 400) continue;
      expect(Object.keys(response.content ?? {})).toEqual(["application/problem+json"]);
    }
    for (const status of ["400", "401", "429", "500"]) expect(responses).toHaveProperty(status);
  });

  it.each(described)(
    "asks for a token where $id changes something, or is for few",
    ({ method, operation, id }) => {
      const anonymous = operation.security.some((option) => Object.keys(option).length === 0);
      expect(anonymous).toBe((method === "get" && !FOR_FEW.has(id)) || id === "reportInstall");
      for (const scheme of operation.security.flatMap((option) => Object.keys(option))) {
        expect(document.components.securitySchemes).toHaveProperty(scheme);
      }
    },
  );
});
