import { expect } from "vitest";
import { pageProblems } from "./page-rules.ts";
import { publishDocument } from "./publish-body.ts";
import { PASSWORD, type TestRegistry } from "./registry.ts";
import { type Files, packageTarball } from "./skill.ts";
import { type Element, parseStrictHtml } from "./strict-html.ts";

/** A page as a browser gets it. */
export interface FetchedPage {
  status: number;
  headers: Headers;
  html: string;
  root: Element;
}

/** Fetches a page, and expects of every one what all have to keep: strict HTML, nothing from elsewhere, no cookie unasked. */
export async function fetchPage(registry: TestRegistry, path: string, cookie?: string): Promise<FetchedPage> {
  const answer = await registry.fetch(path, {
    redirect: "manual",
    headers: { accept: "text/html", ...(cookie === undefined ? {} : { cookie }) },
  });
  const html = await answer.text();
  const root = parseStrictHtml(html);
  expect(pageProblems(root)).toEqual([]);
  expect(answer.headers.get("set-cookie")).toBeNull();
  if (html !== "") {
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
  }
  return { status: answer.status, headers: answer.headers, html, root };
}

/** Sends a form as a browser does from a page of this registry; `headers` says what differs. */
export async function sendForm(
  registry: TestRegistry,
  path: string,
  {
    fields,
    cookie,
    headers,
  }: { fields: Record<string, string>; cookie?: string; headers?: Record<string, string> },
): Promise<Response> {
  return await registry.fetch(path, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams(fields).toString(),
    headers: {
      accept: "text/html",
      "content-type": "application/x-www-form-urlencoded",
      origin: registry.url,
      "sec-fetch-site": "same-origin",
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    },
  });
}

/** Logs in as a browser does; returns the cookie it would send from now on. */
export async function logIn(registry: TestRegistry, name: string): Promise<string> {
  const answer = await sendForm(registry, "/login", { fields: { name, password: PASSWORD } });
  expect(answer.status).toBe(303);
  return (answer.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
}

/** Publishes files as a version; package.json is made. */
export async function publishFiles(
  registry: TestRegistry,
  token: string,
  skill: { name: string; version: string; files: Files; manifest?: Record<string, unknown> },
): Promise<void> {
  const manifest = { name: skill.name, version: skill.version, license: "MIT", ...skill.manifest };
  const tarball = packageTarball({ "package.json": JSON.stringify(manifest), ...skill.files });
  const answer = await registry.fetch(`/${skill.name.replace("/", "%2f")}`, {
    method: "PUT",
    token,
    body: JSON.stringify(publishDocument(manifest, tarball)),
  });
  if (answer.status >= 300) throw new Error(await answer.text());
}
