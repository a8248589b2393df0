import type { ServerResponse } from "node:http";
import { SkillsError, statusOf } from "@skills-registry/schema";
import { parseTraceParent } from "../observe/trace-parent.ts";
import type { RequestSpan } from "../observe/tracing.ts";
import { authorize } from "../registry/authorize.ts";
import type { Answer } from "./answer.ts";
import { authenticate } from "./authenticate.ts";
import { readBody } from "./body.ts";
import { forCallerAlone } from "./caching.ts";
import { corsHeaders, isApiPath } from "./cors.ts";
import { refuseCrossSite } from "./cross-site.ts";
import { findRoute } from "./find-route.ts";
import { failure, problem, toSkillsError } from "./failure.ts";
import { followMoves } from "./moved.ts";
import { countRequest } from "./rate-limit.ts";
import type { HostRequest, Request } from "./request.ts";
import type { Route } from "./route.ts";
import { send } from "./send.ts";
import type { Services } from "./services.ts";
import { errorPage } from "./web/error-page.ts";

/** The fields a log line may carry; never a header, a body or a URL with a token in it. */
export interface Report {
  requestId: string;
  /** Of the trace that the request belongs to, if any. */
  traceId?: string;
  method: string;
  /** Pattern of its path; empty where there is no such route. */
  route: string;
  status: number;
  durationMs?: number;
  /** Of the refusal, if it was refused. */
  code?: string;
  error?: Error;
}

/**
 * The gate: every request is answered here and nowhere else.
 * Address → caller → route → authorisation → handler → answer; the first refusal ends it.
 */
export async function gate(services: Services, host: HostRequest, response: ServerResponse): Promise<Report> {
  const { metrics, tracing } = services.observer;
  const { requestId, message } = host;
  const report: Report = { requestId, method: message.method ?? "", route: "", status: 0 };
  const answered = metrics.begin();
  const parent = host.trusted ? parseTraceParent(message.headers["traceparent"]) : undefined;
  try {
    await tracing.request({ requestId, parent }, async (span) => {
      await answerTraced(services, host, { report, span, response });
    });
  } finally {
    report.durationMs = Math.round(answered(report) * MILLISECONDS);
  }
  return report;
}

const MILLISECONDS = 1000;

async function answerTraced(
  services: Services,
  host: HostRequest,
  { report, span, response }: { report: Report; span: RequestSpan; response: ServerResponse },
): Promise<void> {
  if (span.traceId !== undefined) report.traceId = span.traceId;
  const shared = {
    "x-request-id": report.requestId,
    ...corsHeaders(services.parts.config, host.message.headers, pathOf(host)),
  };
  const progress: Progress = { report, headers: shared, route: undefined };
  let answer: Answer;
  try {
    answer = await answerRequest(services, host, progress);
  } catch (thrown) {
    answer = refuse(thrown, report, refusalOf(host, progress));
    if (report.error !== undefined) services.failures.add(report, services.parts.now());
  }
  report.status = answer.status;
  await send(host.message, response, { ...answer, headers: { ...shared, ...answer.headers } });
  span.answered(report);
}

/** Answers for a request that failed before it reached a route, as when the host could not parse its body. */
export function refuse(thrown: unknown, report: Report, present: Present = failure): Answer {
  const error = toSkillsError(thrown);
  report.code = error.code;
  if (statusOf(error.code) >= 500) report.error = error;
  return present(error, report.requestId);
}

type Present = (error: SkillsError, requestId: string) => Answer;

/** What a refusal looks like: a page for people, problem details under `/api`, npm's JSON everywhere else. */
function refusalOf(host: HostRequest, { route }: Progress): Present {
  const path = pathOf(host);
  if (isApiPath(path)) return problem;
  if (!wantsPage(host.message)) return failure;
  // Where a session does not count, or a token stands in front of it, the login would lead back here for ever.
  const isAfterLogin = route?.door === "web" && host.message.headers.authorization === undefined;
  return (error, requestId) => errorPage(error, requestId, isAfterLogin ? host.url : null);
}

/** Browsers ask for `text/html` first, npm and scripts for anything or JSON. */
function wantsPage({ method, headers }: HostRequest["message"]): boolean {
  return method !== "PUT" && method !== "DELETE" && (headers.accept ?? "").startsWith("text/html");
}

interface Progress {
  report: Report;
  /** Headers of the answer, whatever it will be. */
  headers: Record<string, string>;
  /** Undefined until it is found. */
  route: Route | undefined;
}

async function answerRequest(services: Services, host: HostRequest, progress: Progress): Promise<Answer> {
  const { report } = progress;
  const method = report.method === "HEAD" ? "GET" : report.method;
  const path = pathOf(host);
  const { route, match } = findRoute({ method, path }, progress.headers);
  report.route = route.path;
  progress.route = route;
  const url = baseUrl(services, host);
  const caller = await authenticate(services.parts, host, route);
  if (route.door === "api" || route.door === "web" || route.counted === true)
    Object.assign(progress.headers, await countRequest(services.requests, caller));
  if (route.door === "web" && method !== "GET") refuseCrossSite(host.message.headers, url);
  const request: Request = {
    method,
    isHead: report.method === "HEAD",
    path,
    ...match,
    query: new URLSearchParams(host.url.slice(path.length)),
    headers: host.message.headers,
    body: host.body,
    readBody: (max) => readBody(host.message, max),
    caller,
    baseUrl: url,
  };
  const answer = await followMoves(route, request, async () => {
    await services.observer.tracing.span("authorize", async () => {
      request.found = await authorize(services.parts, caller, route.needs(request));
    });
    return await route.handle(services, request);
  });
  return forCallerAlone(answer, caller);
}

function pathOf(host: HostRequest): string {
  const [path = ""] = host.url.split("?", 1);
  return path;
}

const ADDRESS = /^https?:\/\/[\w.:[\]-]{1,255}$/;

/** Tarball addresses start with the configured address, else with the one the client used. */
function baseUrl(services: Services, host: HostRequest): string {
  const { publicUrl } = services.parts.config;
  if (publicUrl !== null) return publicUrl;
  const address = `${host.protocol}://${host.message.headers.host ?? ""}`;
  // The expression lets `a:b` pass, which no address can be made of.
  if (ADDRESS.test(address) && URL.canParse(address)) return address;
  throw new SkillsError("EBADREQUEST", "the Host or X-Forwarded-Proto header is missing or malformed");
}
