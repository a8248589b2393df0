import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@verdaccio/types";

/** The parts of the host (Verdaccio 6 on Express 4) that we touch; nothing outside this folder knows them. */

export interface HostMessage extends IncomingMessage {
  /** Filled by the host's JSON parser, which runs before plugins. */
  body?: unknown;
  originalUrl: string;
  /** Address and protocol of the client, with `server.trustProxy` applied. */
  ip?: string;
  protocol: string;
  remote_user?: unknown;
}

export interface HostResponse extends ServerResponse {
  locals: Record<string, unknown>;
}

export type Next = (error?: unknown) => void;
export type Handler = (message: HostMessage, response: HostResponse, next: Next) => void;
export type ErrorHandler = (error: unknown, message: HostMessage, response: HostResponse, next: Next) => void;

export interface HostApp {
  use(handler: Handler | ErrorHandler): void;
}

export interface HostOptions {
  config: object;
  logger: Logger;
}

/** The three places where Verdaccio loads the plugin. */
export type Role = "auth" | "middleware" | "storage";

export const ROLES: Role[] = ["auth", "middleware", "storage"];
