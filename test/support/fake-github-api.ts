import { type Answer, json } from "./fake-github-answer.ts";
import type { GitHubRequest, GitHubState, GitHubUser } from "./fake-github.ts";

const API = "/api/v3";

interface Authorized {
  user: GitHubUser;
  scopes: string[];
}

/** The REST API. */
export function answerApi(state: GitHubState, request: GitHubRequest): Answer {
  const path = request.url.pathname.startsWith(`${API}/`) ? request.url.pathname.slice(API.length) : "";
  if (state.rateLimited) return rateLimited();
  if (path.startsWith("/repos/")) return repository(state, path.slice("/repos/".length));
  const caller = authorized(state, request);
  if (caller === undefined) return json(401, { message: "Bad credentials" });
  const { user, scopes } = caller;
  switch (path) {
    case "/user":
      return json(200, { id: user.id, login: user.login, name: null, type: "User", email: user.email });
    case "/user/memberships/orgs":
      return scopes.includes("read:org") ? page(state, request, memberships(user, request.url)) : forbidden();
    case "/user/teams":
      return scopes.includes("read:org") ? page(state, request, user.teams.map(team)) : forbidden();
    default:
      return notFound();
  }
}

function authorized(state: GitHubState, { headers }: GitHubRequest): Authorized | undefined {
  const token = /^(?:bearer|token) (\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
  const grant = state.tokens.get(token);
  const user = state.users.find(({ id }) => id === grant?.userId);
  return user === undefined ? undefined : { user, scopes: grant?.scope.split(" ") ?? [] };
}

function memberships(user: GitHubUser, url: URL): unknown[] {
  const wanted = url.searchParams.get("state");
  return user.organizations
    .map(({ id, login, role, state = "active" }) => ({
      state,
      role,
      organization: { id, login },
      user: { id: user.id, login: user.login },
    }))
    .filter(({ state }) => wanted === null || state === wanted);
}

function team({ id, slug, organization }: GitHubUser["teams"][number]): unknown {
  return { id, slug, name: slug.toUpperCase(), organization };
}

function page(state: GitHubState, { url }: GitHubRequest, entries: unknown[]): Answer {
  const size = Math.min(Number(url.searchParams.get("per_page") ?? "30"), state.pageSize);
  const number = Number(url.searchParams.get("page") ?? "1");
  const next = new URL(url);
  next.searchParams.set("page", String(number + 1));
  const isLast = number * size >= entries.length;
  const link: Record<string, string> = isLast
    ? {}
    : { link: `<${next.href}>; rel="next", <${next.href}>; rel="last"` };
  return json(200, entries.slice((number - 1) * size, number * size), link);
}

function repository(state: GitHubState, name: string): Answer {
  const found = state.repositories.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) return notFound();
  const [owner, repo] = found.name.split("/");
  return json(200, {
    id: found.id,
    name: repo,
    full_name: found.name,
    owner: { id: found.ownerId, login: owner },
  });
}

function rateLimited(): Answer {
  const headers = { "x-ratelimit-limit": "60", "x-ratelimit-remaining": "0" };
  return json(403, { message: "API rate limit exceeded for 192.0.2.1." }, headers);
}

function forbidden(): Answer {
  return json(403, { message: "You need at least read:org scope or user scope to list your organizations." });
}

function notFound(): Answer {
  return json(404, { message: "Not Found" });
}
