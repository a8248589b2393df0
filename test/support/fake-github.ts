import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { browse } from "./browse.ts";
import { answerApi } from "./fake-github-api.ts";
import { answerLogin } from "./fake-github-login.ts";
import { type Faults, misbehave } from "./provider-faults.ts";

export interface GitHubUser {
  id: number;
  login: string;
  email: string | null;
  organizations: { id: number; login: string; role: "admin" | "member"; state?: "active" | "pending" }[];
  teams: { id: number; slug: string; organization: { id: number; login: string } }[];
}

export interface GitHubRepository {
  id: number;
  /** `acme/skills` */
  name: string;
  ownerId: number;
}

/** What the fake knows; tests change it as they like. */
export interface GitHubState {
  /** Where it listens; the API is below `/api/v3`, as on a GitHub Enterprise server. */
  url: string;
  clientId: string;
  clientSecret: string;
  redirectUris: string[];
  users: GitHubUser[];
  repositories: GitHubRepository[];
  /** Most entries on a page of a list. */
  pageSize: number;
  /** Seconds between two questions of a device login; fewer than 1 are announced as 1. */
  deviceInterval: number;
  /** Every request to the API is refused as one too many. */
  rateLimited: boolean;
  /** By path, for example `/login/oauth/access_token` or `/api/v3/user`. */
  faults: Faults;
  /** Method and path of what was asked, without queries. */
  requests: string[];
  codes: Map<string, { userId: number; scope: string; redirectUri: string; challenge: string }>;
  devices: Map<string, DeviceRequest>;
  tokens: Map<string, { userId: number; scope: string }>;
}

export interface DeviceRequest {
  userCode: string;
  scope: string;
  expiresAt: number;
  askedAt: number;
  state: { userId: number } | "pending" | "denied";
}

export interface FakeGitHub extends AsyncDisposable {
  url: string;
  state: GitHubState;
  /** Does what a browser does that is sent to `authorization`: authorizes and returns where it is sent back to. */
  logIn(authorization: URL, login: string): Promise<URL>;
  /** The same, for somebody who cancels. */
  decline(authorization: URL): Promise<URL>;
  approveDevice(userCode: string, login: string): Promise<void>;
  denyDevice(userCode: string): Promise<void>;
  /** Ends all tokens of a user. */
  revoke(userId: number): void;
}

/** A form or a query, and who is asking. */
export interface GitHubRequest {
  method: string;
  url: URL;
  form: URLSearchParams;
  headers: IncomingMessage["headers"];
}

/** Starts a fake of those endpoints of GitHub that the registry uses, as its documentation describes them. */
export async function startFakeGitHub(
  settings: Partial<Omit<GitHubState, "url" | "codes" | "devices" | "tokens" | "requests">> = {},
): Promise<FakeGitHub> {
  const state: GitHubState = {
    url: "",
    clientId: "Iv1.example",
    clientSecret: "the secret of the GitHub application",
    redirectUris: [],
    users: [],
    repositories: [],
    pageSize: 100,
    deviceInterval: 1,
    rateLimited: false,
    faults: {},
    ...settings,
    requests: [],
    codes: new Map(),
    devices: new Map(),
    tokens: new Map(),
  };
  const server = createServer((request, response) => void serve(state, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  state.url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: state.url, state, ...peopleOf(state), [Symbol.asyncDispose]: stop };
}

/** Presses GitHub's button, in a real browser. */
export async function authorizeAt(page: Page, login: string): Promise<void> {
  await page.getByLabel("Username").fill(login);
  await page.getByRole("button", { name: "Authorize" }).click();
}

function peopleOf(state: GitHubState): Omit<FakeGitHub, "url" | "state" | typeof Symbol.asyncDispose> {
  const leave = async (authorization: URL, form: Record<string, string>): Promise<URL> => {
    const browser = browse();
    const page = await browser.open(authorization);
    const { left, text } = page.left === undefined ? await browser.open(authorization, form) : page;
    if (left === undefined) throw new Error(`still at GitHub: ${text}`);
    return left;
  };
  const atDevice = async (form: Record<string, string>): Promise<void> => {
    const { text } = await browse().open(new URL("/login/device", state.url), form);
    if (!text.includes("All set")) throw new Error(`the device is not known: ${text}`);
  };
  return {
    logIn: async (authorization, login) => await leave(authorization, { login }),
    decline: async (authorization) => await leave(authorization, { cancel: "1" }),
    approveDevice: async (userCode, login) => await atDevice({ user_code: userCode, login }),
    denyDevice: async (userCode) => await atDevice({ user_code: userCode, cancel: "1" }),
    revoke(userId) {
      for (const [token, grant] of state.tokens) if (grant.userId === userId) state.tokens.delete(token);
    },
  };
}

async function serve(state: GitHubState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", state.url);
  const form = new URLSearchParams(request.method === "POST" ? await text(request) : "");
  const asked: GitHubRequest = { method: request.method ?? "GET", url, form, headers: request.headers };
  state.requests.push(`${asked.method} ${url.pathname}`);
  if (await misbehave(state.faults[url.pathname], response)) return;
  const answer = answerLogin(state, asked) ?? answerApi(state, asked);
  response.writeHead(answer.status, answer.headers).end(answer.body);
}
