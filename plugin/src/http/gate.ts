import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { SkillsError, statusOf } from "@skills-registry/schema";
import { authorize } from "../registry/authorize.ts";
import { parseAddress } from "./address.ts";
import type { Answer } from "./answer.ts";
import { authenticate } from "./authenticate.ts";
import { failure, toSkillsError } from "./failure.ts";
import type { HostRequest, Request } from "./request.ts";
import { type Match, matchPath, type Route } from "./route.ts";
import { routes } from "./routes.ts";
import { send } from "./send.ts";
import type { Services } from "./services.ts";

/** The fields a log line may carry; never a header, a body or a URL with a token in it. */
export interface Report {
  requestId: string;
  method: string;
  route: string;
  status: number;
  code?: string;
  error?: Error;
}

/**
 * The gate: every request is answered here and nowhere else.
 * Address → caller → route → authorisation → handler → answer; the first refusal ends it.
 */
export async function gate(services: Services, host: HostRequest, response: ServerResponse): Promise<Report> {
  const requestId = randomUUID();
  const report: Report = { requestId, method: host.message.method ?? "", route: "", status: 0 };
  let answer: Answer;
  try {
    answer = await answerRequest(services, host, report);
  } catch (thrown) {
    answer = refuse(thrown, report);
  }
  report.status = answer.status;
  await send(host.message, response, answer);
  return report;
}

/** Answers for a request that failed before it reached a route, as when the host could not parse its body. */
export function refuse(thrown: unknown, report: Report): Answer {
  const error = toSkillsError(thrown);
  report.code = error.code;
  if (statusOf(error.code) >= 500) report.error = error;
  return failure(error, report.requestId);
}

async function answerRequest(services: Services, host: HostRequest, report: Report): Promise<Answer> {
  const method = report.method === "HEAD" ? "GET" : report.method;
  const [path = "", ...query] = host.url.split("?");
  const { route, match } = findRoute(method, path);
  report.route = `${route.method} ${route.path}`;
  const request: Request = {
    method,
    ...match,
    query: new URLSearchParams(query.join("?")),
    headers: host.message.headers,
    body: host.body,
    caller: await authenticate(services.parts, host, route),
    baseUrl: baseUrl(services, host),
  };
  authorize(request.caller, route.needs(request));
  return await route.handle(services, request);
}

function findRoute(method: string, path: string): { route: Route; match: Match } {
  const segments = parseAddress(method, path);
  const matches = routes.flatMap((route) => {
    const match = matchPath(route.path, segments);
    return match === undefined ? [] : [{ route, match }];
  });
  const found = matches.find((candidate) => candidate.route.method === method);
  if (found !== undefined) return found;
  if (matches.length === 0) throw new SkillsError("ENOTFOUND", "there is nothing at this address");
  const allowed = matches.map((candidate) => candidate.route.method).join(", ");
  throw new SkillsError("EMETHOD", `this address takes ${allowed}`);
}

const ADDRESS = /^https?:\/\/[\w.:[\]-]{1,255}$/;

/** Tarball addresses start with the configured address, else with the one the client used. */
function baseUrl(services: Services, host: HostRequest): string {
  const { publicUrl } = services.parts.config;
  if (publicUrl !== null) return publicUrl;
  const address = `${host.protocol}://${host.message.headers.host ?? ""}`;
  if (ADDRESS.test(address)) return address;
  throw new SkillsError("EBADREQUEST", "the Host or X-Forwarded-Proto header is missing or malformed");
}
