import { ERROR_TABLE, type ErrorCode, problemAnswer, statusOf } from "@skills-registry/schema";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { document } from "./document.ts";
import { NO_QUERY, type Operation, operation, type OperationAnswer } from "./operation.ts";
import { PATH_PARAMETERS, type PathParameter, pathParameters } from "./path-parameters.ts";
import { parameterSchema, schemaComponents, schemaReference } from "./schemas.ts";

/** Version of the API, not of the registry: raised when a client has to be changed. */
const API_VERSION = "1.0.0";

const ABOUT =
  "Search, look into, publish and like skills. Everything that can be read may be kept with its ETag and asked for again. " +
  "Refusals are problem details (RFC 9457). Answers may get more fields, and never lose one within this version. " +
  "RateLimit headers tell how many requests are left.";

/** Refusals that every operation has. */
export const COMMON_ERRORS: ErrorCode[] = [
  "EBADREQUEST",
  "ENEEDAUTH",
  "EFORBIDDEN",
  "ETOOMANY",
  "EINTERNAL",
  "ESTORAGE",
];

type Json = Record<string, unknown>;

/** `GET /api/openapi.json`. It describes itself, too: `operations` is asked when all are known. */
export function openApiOperation(operations: () => Operation[]): Operation {
  return operation({
    id: "getOpenApi",
    method: "GET",
    path: "/api/openapi.json",
    summary: "This description, as an OpenAPI 3.1 document.",
    needs: "public",
    query: NO_QUERY,
    answers: [{ status: 200, description: "An OpenAPI document.", types: ["application/json"] }],
    handle: async (_services: Services, request: Request): Promise<Answer> =>
      document(openApiDocument(operations(), request.baseUrl)),
  });
}

/** The OpenAPI 3.1 document of the operations, as clients at `baseUrl` see them. */
export function openApiDocument(operations: Operation[], baseUrl: string): Json {
  return {
    openapi: "3.1.1",
    info: { title: "Skills registry", version: API_VERSION, description: ABOUT },
    servers: [{ url: baseUrl }],
    paths: pathsOf(operations),
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A token of npm login or skills login." },
      },
      schemas: schemaComponents(),
    },
  };
}

function pathsOf(operations: Operation[]): Json {
  const paths: Record<string, Json> = {};
  for (const described of operations) {
    const path = described.path.replaceAll(/[:*](\w+)/g, "{$1}");
    const method = described.method.toLowerCase();
    paths[path] = { ...paths[path], [method]: operationObject(described) };
  }
  return paths;
}

function operationObject(described: Operation): Json {
  const { id, summary, needs, body } = described;
  return {
    operationId: id,
    summary,
    // Reading takes no token, but one that is sent has to be good, and shows more.
    security: needs === "public" || needs === "read" ? [{}, { token: [] }] : [{ token: [] }],
    parameters: [...pathParameters(described.path).map(pathParameter), ...queryParameters(described)],
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: {
      ...Object.fromEntries(described.answers.map((answer) => [answer.status, responseObject(answer)])),
      ...Object.fromEntries(
        errorsByStatus(described).map(([status, codes]) => [status, problemObject(codes)]),
      ),
    },
  };
}

function pathParameter(name: PathParameter): Json {
  return { name, in: "path", required: true, schema: { type: "string" }, description: PATH_PARAMETERS[name] };
}

function queryParameters({ query }: Operation): Json[] {
  return Object.entries(query.shape).map(([name, field]) => {
    const { description, ...schema } = parameterSchema(field);
    return {
      name,
      in: "query",
      required: false,
      schema,
      ...(description === undefined ? {} : { description }),
    };
  });
}

function requestBody({ types, description }: NonNullable<Operation["body"]>): Json {
  return {
    required: true,
    description,
    content: Object.fromEntries(types.map((type) => [type, {}])),
  };
}

function responseObject({ description, types, schema }: OperationAnswer): Json {
  if (types.length === 0) return { description };
  const media = schema === undefined ? {} : { schema: schemaReference(schema) };
  return { description, content: Object.fromEntries(types.map((type) => [type, media])) };
}

/** The codes that an operation may refuse with, by their status. */
export function errorsByStatus({ errors = [] }: Operation): [status: number, codes: ErrorCode[]][] {
  const codes = [...new Set([...COMMON_ERRORS, ...errors])];
  const byStatus = Map.groupBy(codes, statusOf);
  return [...byStatus].toSorted(([a], [b]) => a - b);
}

function problemObject(codes: ErrorCode[]): Json {
  return {
    description: codes.map((code) => `${code}: ${ERROR_TABLE[code].summary}`).join(" "),
    content: { "application/problem+json": { schema: schemaReference(problemAnswer) } },
  };
}
