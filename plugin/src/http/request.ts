import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { PackageName } from "@skills-registry/schema";
import type { Caller } from "../registry/caller.ts";
import type { Package } from "../store/metadata.ts";

/** A request as the host hands it over: the raw message, and what the host has worked out already. */
export interface HostRequest {
  message: IncomingMessage;
  /** Path and query as they came. */
  url: string;
  body: unknown;
  address: string;
  /** `http` or `https`, as the client sees it. */
  protocol: string;
  /** The one for all log lines and answers of this request. */
  requestId: string;
  /** The other end of the connection is a proxy of ours: what it says of the request is believed. */
  trusted: boolean;
}

/** One request after its address was understood: what every handler gets. */
export interface Request {
  /** GET also for HEAD. */
  method: string;
  /** Only the headers of the answer are wanted. */
  isHead: boolean;
  /** Path as it came, without the query. */
  path: string;
  /** Values of the `:name` parts of the route's path, decoded; `:package` is in `name`. */
  params: Record<string, string>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Parsed JSON as it came; nothing about its shape is known yet. */
  body: unknown;
  /** The bytes of a body that is not JSON; throws ESKILLTOOLARGE beyond `max` bytes, having read no more than that. */
  readBody: (max: number) => Promise<Buffer>;
  caller: Caller;
  /** The skill that the caller may read, as the authorisation found it; undefined for routes that need something else. */
  found?: Package | undefined;
  /** Address of the registry as the client sees it, without a trailing slash. */
  baseUrl: string;
}

/** A request below a package's own address; the name passed the strict expression. */
export interface PackageRequest extends Request {
  name: PackageName;
}
