import { z } from "zod";

/** Hosts that npm's short forms (`github:acme/skills`) stand for. */
const FORGES: Record<string, string> = {
  github: "github.com",
  gitlab: "gitlab.com",
  bitbucket: "bitbucket.org",
  gist: "gist.github.com",
};

const SHORT = /^(?:(github|gitlab|bitbucket|gist):)?([\w.-]+(?:\/[\w.-]+)?)$/;
/** `git@github.com:acme/skills.git` */
const SCP = /^(?:[\w.-]+@)?([\w.-]+\.[\w-]+):(?!\/)(.+)$/;
const GIT_SCHEME = /^(?:git\+)?(?:https|ssh|git):\/\//;

const repositoryField = z.union([
  z.object({ url: z.string(), directory: z.string().optional() }),
  z.string().transform((url) => ({ url, directory: undefined })),
]);
const bugsField = z.union([z.object({ url: z.string() }), z.string().transform((url) => ({ url }))]);

/** The page of a repository as package.json names it, in any of npm's spellings; null for what is no web address. */
export function repositoryLink(field: unknown): string | null {
  const parsed = repositoryField.safeParse(field);
  if (!parsed.success) return null;
  const page = webLink(toWebAddress(parsed.data.url.trim()));
  return page === null ? null : folderPage(page, { folder: parsed.data.directory ?? "" });
}

/** The page of a folder of a repository, at a commit where one is named; null for what is no web address. */
export function sourceLink(repository: string, place: { folder: string; commit?: string }): string | null {
  const page = repositoryLink(repository);
  return page === null ? null : folderPage(page, place);
}

/** Where bugs are reported; null where that is an e-mail address, which is not shown. */
export function bugsLink(field: unknown): string | null {
  const parsed = bugsField.safeParse(field);
  return parsed.success ? webLink(parsed.data.url) : null;
}

/** The address when it is one that a page may link to: http or https, and without a password; else null. */
export function webLink(text: unknown): string | null {
  if (typeof text !== "string" || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return null;
  url.username = "";
  url.password = "";
  return url.href;
}

function toWebAddress(text: string): string {
  const short = SHORT.exec(text);
  if (short !== null) return fromShort(short[1], short[2] ?? "");
  const scp = GIT_SCHEME.test(text) ? null : SCP.exec(text);
  const address = scp === null ? text.replace(GIT_SCHEME, "https://") : `https://${scp[1]}/${scp[2]}`;
  return withoutGit(address);
}

function fromShort(forge: string | undefined, path: string): string {
  // Without a forge, npm takes two words for a repository on GitHub, and one word for nothing.
  if (forge === undefined && !path.includes("/")) return path;
  return withoutGit(`https://${FORGES[forge ?? "github"]}/${path}`);
}

/** Forges show the same page without `.git`, the usual spelling of a link for people. */
function withoutGit(address: string): string {
  return address.replace(/\.git(?=\/?$|[#?])/, "");
}

/** Skills often share one repository. Where the forge is one whose addresses of folders are known, the page is that of the folder. */
function folderPage(page: string, { folder, commit }: { folder: string; commit?: string }): string {
  const url = new URL(page);
  const parts = folder.split("/").filter((part) => part !== "" && part !== ".");
  const trees = treesOf(url);
  if (trees === undefined || parts.includes("..")) return page;
  if (parts.length === 0 && commit === undefined) return page;
  url.hash = "";
  url.pathname = [trees, ...[commit ?? "HEAD", ...parts].map(encodeURIComponent)].join("/");
  return url.href;
}

/** Path below which a forge shows the folders of this repository; self-hosted forges are known by the name of their host. */
function treesOf({ hostname, pathname }: URL): string | undefined {
  const path = pathname.replace(/\/$/, "");
  const depth = path.split("/").length - 1;
  if (hostname.startsWith("github.") && depth === 2) return `${path}/tree`;
  if (hostname.startsWith("gitlab.") && depth >= 2 && !path.includes("/-/")) return `${path}/-/tree`;
  return undefined;
}
