import type { ErrorCode } from "@skills-registry/schema";
import { z } from "zod";
import type { Answer } from "../answer.ts";
import type { PackageRequest, Request } from "../request.ts";
import { packageRoute, type Route } from "../route.ts";
import type { Services } from "../services.ts";
import { readQuery } from "./query.ts";

/**
 * What is told of one operation of the REST API. The route that serves it, the OpenAPI document, docs/http-api.md and the page
 * for people are made from this alone.
 */
interface Description {
  /** `operationId`, for generated clients. */
  id: string;
  method: Route["method"];
  path: `/api${string}`;
  /** One sentence. */
  summary: string;
  /** The action of the permission that the caller needs. */
  needs: "public" | "account" | "manage" | "read" | "star" | "publish" | "administer" | "belong" | "govern";
  /** Strict, and every parameter optional. */
  query: z.ZodObject;
  /** The body it takes; absent where none is read. */
  body?: { types: string[]; description: string };
  /** Its successes. */
  answers: OperationAnswer[];
  /** Refusals besides those that every operation has. */
  errors?: ErrorCode[];
}

export interface OperationAnswer {
  status: number;
  description: string;
  /** Media types of the body; none for an empty one. */
  types: string[];
  /** What a JSON body holds; absent for others. */
  schema?: z.ZodType;
}

export interface Operation extends Description {
  route: Route;
}

/** The query of operations that have none: a parameter is refused, for it would change nothing. */
export const NO_QUERY = z.strictObject({});

/** Answers of the one JSON document that an operation usually has. */
export function documentOf(schema: z.ZodType, description: string): OperationAnswer {
  return { status: 200, description, types: ["application/json"], schema };
}

/** An operation on the registry. The query is parsed before `handle` runs. */
export function operation<Q extends z.ZodObject>(
  described: Description & {
    needs: "public" | "account" | "manage";
    query: Q;
    handle: (services: Services, request: Request, query: z.infer<Q>) => Promise<Answer>;
  },
): Operation {
  const { method, path, summary, needs, query, handle } = described;
  const route: Route = {
    door: "api",
    method,
    path,
    summary,
    needs: () => ({ action: needs }),
    handle: async (services, request) => await handle(services, request, readQuery(query, request.query)),
  };
  return { ...described, route };
}

/** An operation on one skill, which is ENOTFOUND where there is none. The query is parsed before `handle` runs. */
export function skillOperation<Q extends z.ZodObject>(
  described: Description & {
    path: `/api/skills/:namespace/:skill${string}`;
    needs: "read" | "star" | "publish" | "administer";
    query: Q;
    handle: (services: Services, request: PackageRequest, query: z.infer<Q>) => Promise<Answer>;
  },
): Operation {
  const { method, path, summary, needs, query, handle } = described;
  const route = packageRoute({
    door: "api",
    method,
    path,
    summary,
    needs: ({ name }) => ({ action: needs, package: name.full }),
    handle: async (services, request) => await handle(services, request, readQuery(query, request.query)),
  });
  const scope: ErrorCode[] = needs === "publish" || needs === "administer" ? ["ESKILLSCOPE"] : [];
  return { ...described, errors: ["ENOTFOUND", ...scope, ...(described.errors ?? [])], route };
}

/** An operation on one namespace. The query is parsed before `handle` runs. */
export function operationOnNamespace<Q extends z.ZodObject>(
  described: Description & {
    path: `/api/namespaces/:namespace${string}`;
    needs: "belong" | "govern";
    query: Q;
    handle: (
      services: Services,
      request: Request,
      asked: { namespace: string; query: z.infer<Q> },
    ) => Promise<Answer>;
  },
): Operation {
  const { method, path, summary, needs, query, handle } = described;
  const route: Route = {
    door: "api",
    method,
    path,
    summary,
    needs: (request) => ({ action: needs, namespace: namespaceIn(request) }),
    handle: async (services, request) =>
      await handle(services, request, {
        namespace: namespaceIn(request),
        query: readQuery(query, request.query),
      }),
  };
  return {
    ...described,
    errors: ["ENOTFOUND", "ESKILLSCOPE", "ESKILLMOVED", ...(described.errors ?? [])],
    route,
  };
}

/** People paste names as npm writes them. */
function namespaceIn(request: Request): string {
  return (request.params["namespace"] ?? "").replace(/^@/, "");
}
