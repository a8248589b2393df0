import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@verdaccio/types";
import type { Trusts } from "../http/request-id.ts";

/** The parts of the host (Verdaccio 6 on Express 4) that we touch; nothing outside this folder knows them. */

export interface HostMessage extends IncomingMessage {
  /** Filled by the host's JSON parser, which runs before plugins. */
  body?: unknown;
  originalUrl: string;
  /** Address and protocol of the client, with `server.trustProxy` applied. */
  ip?: string;
  protocol: string;
  remote_user?: unknown;
  /** Writes the host's own lines about this request. */
  log?: Logger;
  app: HostApp;
}

export interface HostResponse extends ServerResponse {
  locals: Record<string, unknown>;
}

export type Next = (error?: unknown) => void;
export type Handler = (message: HostMessage, response: HostResponse, next: Next) => void;
export type ErrorHandler = (error: unknown, message: HostMessage, response: HostResponse, next: Next) => void;

export interface HostApp {
  use(handler: Handler | ErrorHandler): void;
  /** Settings: with `trust proxy fn`, what Express made of `server.trustProxy`. It is given how far the address is from us. */
  get(setting: "trust proxy fn"): (address: string, distance: number) => boolean;
}

/** Express's application is the function that a server calls for each request. */
export function isHostApp(listener: unknown): listener is HostApp {
  return typeof listener === "function" && "use" in listener && "get" in listener;
}

/** Whose headers the host believes, by the address of the other end of a connection. */
export function trustsOf(app: HostApp): Trusts {
  return (address) => app.get("trust proxy fn")(address, 0);
}

export interface HostOptions {
  config: object;
  logger: Logger;
}

/** The three places where Verdaccio loads the plugin. */
export type Role = "auth" | "middleware" | "storage";

export const ROLES: Role[] = ["auth", "middleware", "storage"];
